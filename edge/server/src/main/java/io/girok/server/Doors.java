package io.girok.server;

import io.girok.base.Clock;
import io.girok.base.Shard;
import io.girok.network.Guard;
import io.girok.network.PeerSecurity;
import io.girok.network.TlsContext;
import io.girok.security.ListenerSecurity;
import io.girok.security.SaslSettings;
import io.girok.security.SecurityProtocol;
import io.girok.security.TlsSettings;
import io.girok.security.sasl.JwtVerifier;
import io.girok.security.sasl.SaslClients;
import io.girok.security.sasl.SaslMechanisms;
import io.girok.security.sasl.ScramUsers;
import io.girok.security.sasl.TokenVerifier;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What protects the listeners, and this node's connections to others, as the settings say: made at the start, and kept
/// up to date while the broker runs. With plaintext only, there is nothing of it. Thread-safe.
final class Doors {
    private static final Logger LOG = LoggerFactory.getLogger(Doors.class);
    /// How often files of keys and certificates are looked at.
    private static final long LOOK_MS = 1_000;
    private static final int HANDSHAKE_THREADS_MAX = 4;
    /// Handshakes that wait for a thread; more are refused.
    private static final int HANDSHAKES_WAITING_MAX = 10_000;
    private static final int NONCE_BYTES = 24;
    private static final int SECRET_BYTES = 32;

    /// What it runs on.
    record Surroundings(Shard shard, Executor blockingPool, Clock clock, SecureRandom random) {}

    private final Surroundings around;
    private final ScramUsers.Directory users;
    private final byte[] secret = new byte[SECRET_BYTES];
    private final Map<String, Guard> guards = new HashMap<>();
    private final List<Runnable> upkeep = new ArrayList<>();
    private @Nullable ThreadPoolExecutor handshakes;
    private PeerSecurity peers = PeerSecurity.NONE;
    private volatile boolean isClosed;

    private Doors(Surroundings around, ScramUsers.Directory users) {
        this.around = around;
        this.users = users;
        around.random.nextBytes(secret);
    }

    /// @throws IOException when keys or certificates can't be read
    static Doors open(ServerSettings settings, ScramUsers.Directory users, Surroundings around) throws IOException {
        Doors doors = new Doors(around, users);
        Map<String, TlsContext> contexts = new HashMap<>();
        for (ListenerAddress address : settings.listenerAddresses()) {
            ListenerSecurity security = settings.security(address.name());
            if (security.tls().isPresent()) {
                contexts.put(address.name(), doors.tls(address.name(), security.tls().get()));
            }
            if (security.protocol() != SecurityProtocol.PLAINTEXT) {
                doors.guards.put(address.name(), new Guard(Optional.ofNullable(contexts.get(address.name())),
                        security.sasl().map(doors::sasl)));
            }
        }
        settings.betweenNodes()
                .ifPresent(between -> doors.peers = new PeerSecurity(
                        Optional.ofNullable(contexts.get(between.listener())),
                        between.login().map(login -> () -> SaslClients.of(login, doors::nonce))));
        if (!doors.upkeep.isEmpty()) {
            around.blockingPool.execute(doors::look);
        }
        return doors;
    }

    private TlsContext tls(String listener, TlsSettings settings) throws IOException {
        TlsContext context = TlsContext.load("listener '" + listener + "'", settings, handshakes());
        upkeep.add(context::reloadIfChanged);
        return context;
    }

    private Executor handshakes() {
        ThreadPoolExecutor pool = handshakes;
        if (pool == null) {
            int threads = Math.min(HANDSHAKE_THREADS_MAX, Runtime.getRuntime().availableProcessors());
            pool = new ThreadPoolExecutor(threads, threads, 10, TimeUnit.SECONDS,
                    new LinkedBlockingQueue<>(HANDSHAKES_WAITING_MAX),
                    Thread.ofPlatform().name("girok-handshake-", 0).daemon().factory());
            pool.allowCoreThreadTimeOut(true);
            handshakes = pool;
        }
        return pool;
    }

    private SaslMechanisms sasl(SaslSettings settings) {
        Optional<TokenVerifier> tokens = settings.tokens().map(wanted -> {
            JwtVerifier verifier = new JwtVerifier(wanted, around.clock);
            upkeep.add(new TokenKeys(wanted, verifier, around.clock)::refresh);
            return verifier;
        });
        return new SaslMechanisms(settings, new ScramUsers(users, settings.ownScram(), secret), tokens, this::nonce);
    }

    private String nonce() {
        byte[] bytes = new byte[NONCE_BYTES];
        around.random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private void lookLater() {
        var _ = around.shard.schedule(LOOK_MS, () -> {
            try {
                if (!isClosed) {
                    around.blockingPool.execute(this::look);
                }
            } catch (RejectedExecutionException theBrokerStops) {
                LOG.debug("certificates are no longer looked at");
            }
        });
    }

    private void look() {
        for (Runnable each : upkeep) {
            try {
                each.run();
            } catch (RuntimeException e) {
                LOG.error("keys or certificates can't be looked at", e);
            }
        }
        if (!isClosed) {
            lookLater();
        }
    }

    /// What is before the listener of that name.
    Guard guard(String listener) {
        return guards.getOrDefault(listener, Guard.NONE);
    }

    /// How this node reaches others.
    PeerSecurity peerSecurity() {
        return peers;
    }

    void close() {
        isClosed = true;
        if (handshakes != null) {
            handshakes.shutdown();
        }
    }
}
