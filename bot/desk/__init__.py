"""The desk: answers what people do with commands, buttons and forms, on any platform."""
