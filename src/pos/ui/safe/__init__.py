"""The safe and all cash that lies in no drawer: counted, sealed, sent, ordered, banked."""
