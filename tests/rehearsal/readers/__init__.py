"""The practice card as pcscd, vpcd and OpenSC see it."""
