package io.girok.controller;

/// Removes delegation tokens that are over, [#MAX_AT_ONCE] at most; the answer is how many.
public record RemoveExpiredTokens() implements Command<Integer> {
    public static final int MAX_AT_ONCE = 1_000;
}
