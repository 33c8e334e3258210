package io.girok.controller;

import io.girok.base.Invariant;
import org.jspecify.annotations.Nullable;

/// What became of one item of a command: a value, or an error and a message for the client. Immutable.
public record Result<T>(ControllerError error, @Nullable String message, @Nullable T value) {
    public Result {
        Invariant.check((error == ControllerError.NONE) == (value != null), "a result is a value or an error");
    }

    public static <T> Result<T> of(T value) {
        return new Result<>(ControllerError.NONE, null, value);
    }

    public static <T> Result<T> failed(ControllerError error, String message) {
        return new Result<>(error, message, null);
    }

    public boolean isOk() {
        return error == ControllerError.NONE;
    }

    /// The value of a result that is known to have one.
    public T get() {
        if (value == null) {
            throw Invariant.violated("a result is asked for its value, but is " + error + ": " + message);
        }
        return value;
    }

    /// The same failure, of something that would have had another value.
    <U> Result<U> failure() {
        return new Result<>(error, message, null);
    }
}
