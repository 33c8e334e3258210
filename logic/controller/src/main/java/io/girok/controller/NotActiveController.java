package io.girok.controller;

/// This node does not lead the cluster now. The command was certainly not done: whoever asks may ask again.
public final class NotActiveController extends CommandFailed {
    public NotActiveController(String message) {
        super(ControllerError.NOT_CONTROLLER, message);
    }
}
