"""Event source mappings from Kinesis to Lambda, with the behaviour that AWS documents.

`model`, `lane`, `outcome`, `shard`, `validation` and `destination` implement the semantics without
I/O; `stream`, `invoker` and `patches` call the emulator; `progress` holds the state of a mapping;
`loop` drives all mappings.
"""
