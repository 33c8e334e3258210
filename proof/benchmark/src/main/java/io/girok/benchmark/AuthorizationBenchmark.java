package io.girok.benchmark;

import io.girok.base.Principal;
import io.girok.metadata.acl.Acl;
import io.girok.metadata.acl.AclOperation;
import io.girok.metadata.acl.AclPattern;
import io.girok.metadata.acl.AclResource;
import io.girok.metadata.acl.Acls;
import io.girok.security.acl.AclAuthorizer;
import io.girok.security.acl.AclRules;
import io.girok.security.acl.Caller;
import java.net.InetAddress;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// What it takes to say whether a client may write to a topic: nanoseconds. A request to produce asks once for each of
/// its topics. Owned by JMH's thread.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class AuthorizationBenchmark {
    private static final String TOPIC = "orders-of-today";
    private static final AclRules RULES = new AclRules(Set.of(), false);

    @Param({"1000", "1000000"})
    public int count = 1;

    private final Principal principal = Principal.user("alice");
    private final InetAddress address = InetAddress.getLoopbackAddress();
    private Acls acls = Acls.NONE;
    private AclAuthorizer authorizer = new AclAuthorizer(() -> acls, RULES);

    /// Half of them for topics that begin alike, half of those for this client.
    @Setup
    public void build() {
        Acls made = Acls.NONE.plus(
                Acl.allow(new AclPattern(AclResource.TOPIC, true, "orders-"), "User:alice", AclOperation.WRITE));
        for (int i = 1; i < count; i++) {
            String name = i % 2 == 0 ? "orders-" + i : "topic-" + i;
            made = made.plus(Acl.allow(new AclPattern(AclResource.TOPIC, i % 8 == 0, name),
                    i % 4 < 2 ? "User:alice" : "User:other-" + i, AclOperation.READ));
        }
        acls = made;
        authorizer = new AclAuthorizer(() -> acls, RULES);
        if (!remembered() || !decided()) {
            throw new IllegalStateException("the client is denied");
        }
    }

    /// As of the second request.
    @Benchmark
    public boolean remembered() {
        return authorizer.isAllowed(caller(), AclOperation.WRITE, AclResource.TOPIC, TOPIC);
    }

    /// The first request after ACLs have changed.
    @Benchmark
    public boolean decided() {
        return new AclAuthorizer(() -> acls, RULES).isAllowed(caller(), AclOperation.WRITE, AclResource.TOPIC, TOPIC);
    }

    private Caller caller() {
        return new Caller(principal, address.getHostAddress());
    }
}
