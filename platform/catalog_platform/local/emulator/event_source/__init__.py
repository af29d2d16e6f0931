"""From Kinesis to Lambda, as AWS documents it: what the emulator's own poller leaves out.

`rules`, `lane`, `outcome`, `shard`, `bounds` and `destination` are the semantics, without any
I/O; `stream`, `work` and `mapping` touch the emulator; `loop` drives them all.
"""
