package io.girok.metadata;

import java.util.Comparator;

/// A user who may show by SCRAM who it is. Immutable.
///
/// @param mechanism 1 for SCRAM-SHA-256, 2 for SCRAM-SHA-512, as in Kafka's requests
public record ScramUser(String name, int mechanism) implements Comparable<ScramUser> {
    public static final int SHA_256 = 1;
    public static final int SHA_512 = 2;

    @Override
    public int compareTo(ScramUser other) {
        return Comparator.comparing(ScramUser::name).thenComparingInt(ScramUser::mechanism).compare(this, other);
    }
}
