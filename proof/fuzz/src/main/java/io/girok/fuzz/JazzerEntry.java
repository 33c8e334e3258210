package io.girok.fuzz;

import java.util.Arrays;

/// What Jazzer calls: one target, or all of them, chosen by an input's first byte. Used by one thread.
public final class JazzerEntry {
    static final String ALL = "all";

    private static FuzzTarget[] targets = new FuzzTarget[0];
    private static boolean isChosenByInput;

    private JazzerEntry() {}

    /// @param arguments a target's name, or `all`
    public static void fuzzerInitialize(String[] arguments) throws Exception {
        isChosenByInput = arguments[0].equals(ALL);
        targets = isChosenByInput
                ? Arrays.stream(Targets.values()).map(Targets::make).toArray(FuzzTarget[]::new)
                : new FuzzTarget[]{Targets.of(arguments[0]).make()};
        // Classes are made ready when they are loaded, which takes longer than an input may.
        for (FuzzTarget target : targets) {
            for (byte[] seed : target.seeds()) {
                target.take(seed);
            }
        }
    }

    public static void fuzzerTestOneInput(byte[] input) throws Exception {
        if (!isChosenByInput) {
            Targets.check(targets[0], input);
        } else if (input.length != 0) {
            FuzzTarget target = targets[Math.floorMod(input[0], targets.length)];
            Targets.check(target, Arrays.copyOfRange(input, 1, input.length));
        }
    }
}
