package io.girok.broker.access;

import io.girok.base.Clock;
import io.girok.base.DistinctText;
import io.girok.metadata.acl.Acl;
import io.girok.metadata.acl.AclOperation;
import io.girok.metadata.acl.AclResource;
import io.girok.wire.Request;
import io.girok.wire.UntrustedText;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The audit log: a line for what was denied, and one for each ACL that came or went, and for what settings, quotas,
/// credentials and tokens were changed. Thread-safe.
///
/// ```
/// denied principal='User:alice' host='10.0.0.7' operation=WRITE resource=TOPIC name='orders' api=Produce client='app'
/// config changed principal='User:root' host='10.0.0.1' of='TOPIC orders' 'SET retention.ms=1000'
/// acl added principal='User:root' host='10.0.0.1' acl: ALLOW READ on TOPIC literal 'orders' to 'User:bob' from '*'
/// ```
///
/// What strangers choose is escaped ([UntrustedText]). What is longer than the name of any topic is cut, with a digest
/// of the whole in place of the rest ([DistinctText]): what is said of one name is not said of another. A denial is
/// told of once in [#INTERVAL_MS] for each principal, operation and resource, and [#MAX_LINES_PER_INTERVAL] times for
/// all of them together; the next line says how many were left out.
public final class Audit {
    static final String LOGGER_NAME = "girok.audit";
    static final long INTERVAL_MS = 10_000;
    static final int MAX_LINES_PER_INTERVAL = 1_000;
    /// Of one request: a line says how many more there were.
    static final int MAX_CHANGES_TOLD = 1_000;
    private static final int MAX_CHANGES_IN_A_LINE = 50;
    /// Of a name; of a client id it is less.
    private static final int MAX_CHARACTERS = 512;

    private static final Logger LOG = LoggerFactory.getLogger(LOGGER_NAME);

    /// What is told of once in an interval; long names are cut, so that strangers don't choose how much is remembered.
    private record Subject(String principal, AclOperation operation, AclResource resource, String name) {}

    private final LongSupplier monotonicMs;
    private final Consumer<String> lines;
    private final AtomicLong intervalStartMs = new AtomicLong(Long.MIN_VALUE);
    private final Map<Subject, Boolean> told = new ConcurrentHashMap<>();
    private final AtomicLong leftOut = new AtomicLong();

    /// @param lines where they go
    public Audit(LongSupplier monotonicMs, Consumer<String> lines) {
        this.monotonicMs = monotonicMs;
        this.lines = lines;
    }

    public static Audit logging(Clock clock) {
        return new Audit(clock::monotonicMs, LOG::info);
    }

    /// The sender of the request may not do it.
    void denied(Request request, AclOperation operation, AclResource resource, String name) {
        beginInterval();
        Subject subject = new Subject(distinct(request.connection().principal().toString()), operation, resource,
                distinct(name));
        if (MAX_LINES_PER_INTERVAL <= told.size() || told.putIfAbsent(subject, true) != null) {
            leftOut.incrementAndGet();
            return;
        }
        long before = leftOut.getAndSet(0);
        lines.accept("denied " + sender(request) + " operation=" + operation + " resource=" + resource + " name="
                + quoted(name) + " api=" + request.api().name + " client="
                + UntrustedText.quoted(request.clientId())
                + (before == 0 ? "" : " (" + before + " denials before are left out)"));
    }

    /// Forgets what was told before; two who find that it is time may both do so, which makes a line too many.
    private void beginInterval() {
        long nowMs = monotonicMs.getAsLong();
        long startMs = intervalStartMs.get();
        if ((startMs == Long.MIN_VALUE || startMs + INTERVAL_MS <= nowMs)
                && intervalStartMs.compareAndSet(startMs, nowMs)) {
            told.clear();
        }
    }

    /// The sender of the request has put ACLs in force.
    public void added(Request request, List<Acl> acls) {
        changed("added", request, acls);
    }

    /// The sender of the request has taken ACLs away.
    public void removed(Request request, List<Acl> acls) {
        changed("removed", request, acls);
    }

    private void changed(String how, Request request, List<Acl> acls) {
        for (Acl acl : acls.subList(0, Math.min(MAX_CHANGES_TOLD, acls.size()))) {
            lines.accept("acl " + how + " " + sender(request) + " acl: " + acl.permission() + " " + acl.operation()
                    + " on " + acl.pattern().resource() + (acl.pattern().isPrefixed() ? " prefixed " : " literal ")
                    + quoted(acl.pattern().name()) + " to "
                    + quoted(acl.subject().principal()) + " from "
                    + quoted(acl.subject().host()));
        }
        if (MAX_CHANGES_TOLD < acls.size()) {
            lines.accept("acl " + how + " " + sender(request) + " and " + (acls.size() - MAX_CHANGES_TOLD) + " more");
        }
    }

    /// The sender of the request, another one than this node itself, has changed settings, quotas, credentials or
    /// tokens.
    ///
    /// @param kind `config`, `quota`, `credential`, `token`
    /// @param changes in words, without secrets
    public void changed(Request request, String kind, String of, List<String> changes) {
        if (request.connection().isOurOwn()) {
            return;
        }
        StringBuilder line = new StringBuilder(kind + " changed " + sender(request) + " of="
                + quoted(of));
        changes.stream()
                .limit(MAX_CHANGES_IN_A_LINE)
                .forEach(change -> line.append(' ')
                        .append(quoted(change)));
        if (MAX_CHANGES_IN_A_LINE < changes.size()) {
            line.append(" and ").append(changes.size() - MAX_CHANGES_IN_A_LINE).append(" more");
        }
        lines.accept(line.toString());
    }

    private static String sender(Request request) {
        InetAddress address = request.connection().remoteAddress().getAddress();
        return "principal=" + quoted(request.connection().principal().toString()) + " host="
                + quoted(address == null ? "" : address.getHostAddress());
    }

    private static String quoted(String text) {
        return UntrustedText.quoted(distinct(text), MAX_CHARACTERS + DistinctText.MAX_ADDED_CHARACTERS);
    }

    private static String distinct(String text) {
        return DistinctText.of(text, MAX_CHARACTERS);
    }
}
