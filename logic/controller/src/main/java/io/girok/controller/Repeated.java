package io.girok.controller;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/// Finds what a request names more than once. Stateless.
final class Repeated {
    private Repeated() {}

    static <T> Set<T> in(Collection<T> all) {
        Set<T> seen = new HashSet<>();
        Set<T> repeated = new HashSet<>();
        for (T each : all) {
            if (!seen.add(each)) {
                repeated.add(each);
            }
        }
        return repeated;
    }

    static <T> Result<T> refused(String what) {
        return Result.failed(ControllerError.INVALID_REQUEST, "the request names " + what + " more than once");
    }
}
