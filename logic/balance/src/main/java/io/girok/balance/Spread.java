package io.girok.balance;

import java.util.function.IntToLongFunction;

/// How far apart the loads of the brokers are that take replicas. Immutable.
record Spread(long least, long most, double average) {
    static Spread of(Board board, IntToLongFunction load) {
        long least = Long.MAX_VALUE;
        long most = 0;
        double sum = 0;
        int count = 0;
        for (int broker = 0; broker < board.brokerCount(); broker++) {
            if (board.takes(broker)) {
                long own = load.applyAsLong(broker);
                least = Math.min(least, own);
                most = Math.max(most, own);
                sum += own;
                count++;
            }
        }
        return count == 0 ? new Spread(0, 0, 0) : new Spread(least, most, sum / count);
    }

    long gap() {
        return most - least;
    }
}
