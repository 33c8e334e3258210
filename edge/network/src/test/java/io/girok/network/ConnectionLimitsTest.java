package io.girok.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.simulated.ManualClock;
import io.girok.security.quota.ClientQuotas;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// How many connections are taken, and from where.
class ConnectionLimitsTest {
    private static final int MANY = Integer.MAX_VALUE;

    private final ManualClock clock = new ManualClock();
    private final InetAddress here = address(1);
    private final InetAddress there = address(2);

    @Test
    void anAddressMayHaveSoManyAndOthersAsManyAgain() {
        ConnectionLimits limits = limits(new ConnectionSettings(MANY, 2, Map.of(), MANY));

        assertThat(limits.opened(here)).isEmpty();
        assertThat(limits.opened(here)).isEmpty();
        assertThat(limits.opened(here)).hasValueSatisfying(why -> assertThat(why).contains("max.connections.per.ip=2"));
        assertThat(limits.opened(there)).isEmpty();
        limits.closed(here);
        limits.closed(here);
        assertThat(limits.opened(here)).isEmpty();
        assertThat(limits.count()).isEqualTo(3);
    }

    @Test
    void anAddressMayHaveANumberOfItsOwn() {
        ConnectionLimits limits = limits(new ConnectionSettings(MANY, 0, Map.of(here, 1), MANY));

        assertThat(limits.opened(here)).isEmpty();
        assertThat(limits.opened(here)).isPresent();
        assertThat(limits.opened(there)).isPresent();
    }

    @Test
    void allTogetherMayBeSoMany() {
        ConnectionLimits limits = limits(new ConnectionSettings(1, MANY, Map.of(), MANY));

        assertThat(limits.opened(here)).isEmpty();
        assertThat(limits.opened(there)).hasValueSatisfying(why -> assertThat(why).contains("max.connections=1"));
        limits.closed(there);
        limits.closed(here);
        assertThat(limits.opened(there)).isEmpty();
    }

    @Test
    void whatComesTooFastWaits() {
        ConnectionLimits limits = limits(new ConnectionSettings(MANY, MANY, Map.of(), 2));

        assertThat(limits.waitMs(here)).isZero();
        assertThat(limits.waitMs(there)).isZero();
        assertThat(limits.waitMs(here)).isEqualTo(500);
        clock.advance(2_000);
        assertThat(limits.waitMs(here)).isZero();
    }

    private ConnectionLimits limits(ConnectionSettings settings) {
        return new ConnectionLimits(settings, new ClientQuotas(clock, 0, 0), clock);
    }

    private static InetAddress address(int last) {
        try {
            return InetAddress.getByAddress(new byte[]{10, 0, 0, (byte) last});
        } catch (UnknownHostException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
