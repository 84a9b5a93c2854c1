"""The command line: every act and question, each with --json (docs/contract.md, Commands)."""
