"""The appendix of the city's procedure documentation: what the software does at present, as files to hand over."""
