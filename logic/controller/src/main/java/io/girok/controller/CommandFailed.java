package io.girok.controller;

/// A command came to no answer; [#error] says whether it may have been done.
public class CommandFailed extends RuntimeException {
    private final ControllerError error;

    public CommandFailed(ControllerError error, String message) {
        super(message);
        this.error = error;
    }

    public ControllerError error() {
        return error;
    }
}
