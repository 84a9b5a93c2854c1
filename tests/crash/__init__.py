"""The crash harness: the power is cut just before, inside and after every act, then the road is walked on."""
