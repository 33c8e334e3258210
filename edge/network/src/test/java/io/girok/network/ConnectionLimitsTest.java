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
    private static final Listener CLIENTS = new Listener("CLIENTS", "", 0);

    private final ManualClock clock = new ManualClock();
    private final InetAddress here = address(1);
    private final InetAddress there = address(2);

    @Test
    void anAddressMayHaveSoManyAndOthersAsManyAgain() {
        ConnectionLimits limits = limits(new ConnectionSettings(MANY, 2, Map.of(), MANY));

        assertThat(limits.opened(CLIENTS, here)).isEmpty();
        assertThat(limits.opened(CLIENTS, here)).isEmpty();
        assertThat(limits.opened(CLIENTS, here))
                .hasValueSatisfying(why -> assertThat(why).contains("max.connections.per.ip=2"));
        assertThat(limits.opened(CLIENTS, there)).isEmpty();
        limits.closed(CLIENTS, here);
        limits.closed(CLIENTS, here);
        assertThat(limits.opened(CLIENTS, here)).isEmpty();
        assertThat(limits.count()).isEqualTo(3);
    }

    @Test
    void anAddressMayHaveANumberOfItsOwn() {
        ConnectionLimits limits = limits(new ConnectionSettings(MANY, 0, Map.of(here, 1), MANY));

        assertThat(limits.opened(CLIENTS, here)).isEmpty();
        assertThat(limits.opened(CLIENTS, here)).isPresent();
        assertThat(limits.opened(CLIENTS, there)).isPresent();
    }

    @Test
    void allTogetherMayBeSoMany() {
        ConnectionLimits limits = limits(new ConnectionSettings(1, MANY, Map.of(), MANY));

        assertThat(limits.opened(CLIENTS, here)).isEmpty();
        assertThat(limits.opened(CLIENTS, there))
                .hasValueSatisfying(why -> assertThat(why).contains("max.connections=1"));
        limits.closed(CLIENTS, there);
        limits.closed(CLIENTS, here);
        assertThat(limits.opened(CLIENTS, there)).isEmpty();
    }

    @Test
    void whatComesTooFastWaits() {
        ConnectionLimits limits = limits(new ConnectionSettings(MANY, MANY, Map.of(), 2));

        assertThat(limits.waitMs(CLIENTS, here)).isZero();
        assertThat(limits.waitMs(CLIENTS, there)).isZero();
        assertThat(limits.waitMs(CLIENTS, here)).isEqualTo(500);
        clock.advance(2_000);
        assertThat(limits.waitMs(CLIENTS, here)).isZero();
    }

    @Test
    void aListenerMayHaveALimitAndASpeedOfItsOwn() {
        ConnectionLimits limits = limits(ConnectionSettings.UNLIMITED);
        Listener narrow = listener("NARROW", new ListenerLimits(1, 2, false));

        assertThat(limits.opened(narrow, here)).isEmpty();
        assertThat(limits.opened(narrow, there))
                .hasValueSatisfying(why -> assertThat(why).contains("max.connections=1 are open at NARROW"));
        assertThat(limits.opened(CLIENTS, there)).isEmpty();
        limits.closed(narrow, there);
        limits.closed(narrow, here);
        assertThat(limits.opened(narrow, here)).isEmpty();

        assertThat(limits.waitMs(narrow, here)).isZero();
        assertThat(limits.waitMs(narrow, here)).isZero();
        assertThat(limits.waitMs(narrow, here)).isEqualTo(500);
        assertThat(limits.waitMs(CLIENTS, here)).isZero();
    }

    @Test
    void noClientKeepsNodesFromEachOther() {
        ConnectionLimits limits = limits(new ConnectionSettings(1, MANY, Map.of(), 1));
        Listener nodes = listener("NODES", new ListenerLimits(2, MANY, true));
        for (int i = 0; i < 10; i++) {
            limits.opened(CLIENTS, here);
            limits.waitMs(CLIENTS, here);
        }

        assertThat(limits.opened(nodes, there)).isEmpty();
        assertThat(limits.waitMs(nodes, there)).isZero();
        assertThat(limits.opened(nodes, there)).isEmpty();
        assertThat(limits.opened(nodes, there)).isPresent();
    }

    private static Listener listener(String name, ListenerLimits limits) {
        return new Listener(name, "", 0, Guard.NONE, limits);
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
