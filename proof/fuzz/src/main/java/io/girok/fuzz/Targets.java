package io.girok.fuzz;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.function.Supplier;

/// The targets by their names. Each is made when it is first asked for.
enum Targets {
    FRAMES(FrameTarget::new), REQUESTS(RequestTarget::new), BATCHES(BatchTarget::new), SASL(SaslTarget::new),
    TOKENS(TokenTarget::new), SETTINGS(SettingsTarget::new), METADATA(MetadataTarget::new),
    SEGMENTS(SegmentTarget::new);

    @SuppressWarnings("ImmutableEnumChecker") // constructors, which have no state
    private final Supplier<FuzzTarget> maker;

    Targets(Supplier<FuzzTarget> maker) {
        this.maker = maker;
    }

    FuzzTarget make() {
        return maker.get();
    }

    static Targets of(String name) {
        for (Targets each : values()) {
            if (each.label().equals(name)) {
                return each;
            }
        }
        throw new IllegalArgumentException("there is no target '" + name + "'; allowed: " + labels());
    }

    static List<String> labels() {
        return List.of(values()).stream().map(Targets::label).toList();
    }

    String label() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }

    /// Hands an input over, and counts what that reserves.
    static void check(FuzzTarget target, byte[] input) throws Exception {
        long most = target.maxAllocatedBytes(input.length);
        long cost = costOf(target, input);
        // Classes that are loaded the first time cost once.
        if (most < cost && most < costOf(target, input)) {
            throw new AssertionError(
                    "an input of " + input.length + " bytes reserves " + cost + " bytes, where " + most
                            + " are allowed");
        }
    }

    private static long costOf(FuzzTarget target, byte[] input) throws Exception {
        var thread = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = thread.getCurrentThreadAllocatedBytes();
        target.take(input.clone());
        return thread.getCurrentThreadAllocatedBytes() - before;
    }
}
