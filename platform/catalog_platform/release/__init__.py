"""Attestation and deployment of assemblies; replay of dead letters; cache warming."""
