package io.girok.broker.quota;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Optional;
import org.apache.kafka.common.protocol.ApiMessage;

/// Writes into any answer for how long its client is to wait. Stateless.
///
/// The protocol's classes have no type in common that says which of them have a place for it, only a method of one
/// name.
final class ThrottleTime {
    private static final MethodHandles.Lookup LOOKUP = MethodHandles.publicLookup();

    private static final ClassValue<Optional<MethodHandle>> SETTERS = new ClassValue<>() {
        @Override
        protected Optional<MethodHandle> computeValue(Class<?> type) {
            try {
                return Optional.of(
                        LOOKUP.findVirtual(type, "setThrottleTimeMs", MethodType.methodType(type, int.class))
                                .asType(MethodType.methodType(Object.class, Object.class, int.class)));
            } catch (NoSuchMethodException | IllegalAccessException e) {
                return Optional.empty();
            }
        }
    };

    private ThrottleTime() {}

    static void set(ApiMessage answer, int waitMs) {
        SETTERS.get(answer.getClass()).ifPresent(setter -> {
            try {
                Object _ = setter.invokeExact((Object) answer, waitMs);
            } catch (RuntimeException | Error e) {
                throw e;
            } catch (Throwable impossible) {
                throw new IllegalStateException(answer.getClass().getSimpleName(), impossible);
            }
        });
    }
}
