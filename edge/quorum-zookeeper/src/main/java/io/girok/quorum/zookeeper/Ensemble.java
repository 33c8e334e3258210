package io.girok.quorum.zookeeper;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.api.ACLProvider;
import org.apache.curator.framework.api.BackgroundCallback;
import org.apache.curator.framework.api.CuratorEvent;
import org.apache.curator.framework.api.transaction.CuratorOp;
import org.apache.curator.framework.api.transaction.CuratorTransactionResult;
import org.apache.curator.framework.state.ConnectionState;
import org.apache.curator.utils.ZookeeperFactory;
import org.apache.zookeeper.AddWatchMode;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.admin.ZooKeeperAdmin;
import org.apache.zookeeper.client.ZKClientConfig;
import org.apache.zookeeper.data.ACL;
import org.jspecify.annotations.Nullable;

/// The ensemble as this node sees it: one session after the other, what is asked in it, and what it tells. Thread-safe;
/// answers and events come on the executor, in the order in which the session has them.
///
/// Nothing is ever tried again here: whether what failed has happened all the same is for the asker to find out.
final class Ensemble implements AutoCloseable {
    private static final int ANY_VERSION = -1;

    /// Told what happens to the session.
    interface Events {
        /// There is a connection, perhaps after a while without, perhaps in another session: changes may have been
        /// missed.
        void onConnected();

        void onDisconnected();

        /// The session is over, and its ephemeral znodes are gone, or will be soon.
        void onSessionLost();

        /// A watched znode has changed.
        void onChanged(String path);
    }

    /// A znode as it was read. Immutable.
    static final class Znode {
        private final byte[] data;
        private final int version;
        private final boolean isMine;

        private Znode(byte[] data, int version, boolean isMine) {
            this.data = data;
            this.version = version;
            this.isMine = isMine;
        }

        /// Not to be changed.
        byte[] data() {
            return data;
        }

        int version() {
            return version;
        }

        /// Whether it is ephemeral and of the present session.
        boolean isMine() {
            return isMine;
        }
    }

    /// How a transaction ended, of which all or nothing is done.
    ///
    /// @param failedIndex of the operation because of which nothing was done; -1 when it is none of them
    record Outcome(Code code, int failedIndex) {
        boolean isDone() {
            return code == Code.OK;
        }

        /// Whether nothing was certainly done.
        boolean isRefused() {
            return 0 <= failedIndex || code == Code.NOAUTH || code == Code.AUTHFAILED || code == Code.INVALIDACL;
        }
    }

    private final CuratorFramework client;
    private final Executor executor;
    /// The same for all znodes and sessions, so that the client counts it once however often it is handed in.
    private final Watcher watcher = this::changed;
    private volatile @Nullable Events events;
    private volatile boolean isConnected;

    Ensemble(ZookeeperSettings settings, Executor executor) {
        this.executor = executor;
        List<ACL> owners = settings.security().isOwner() ? Ids.CREATOR_ALL_ACL : Ids.OPEN_ACL_UNSAFE;
        CuratorFrameworkFactory.Builder builder = CuratorFrameworkFactory.builder()
                .connectString(settings.servers().addresses())
                // What the operator has set stands, whatever the ensemble says of itself.
                .ensembleTracker(false)
                .sessionTimeoutMs(settings.timing().sessionMs())
                .connectionTimeoutMs(Math.min(settings.timing().sessionMs(), settings.timing().connectionMs()))
                .retryPolicy((count, elapsedMs, sleeper) -> false)
                .zkClientConfig(ClientConfiguration.of(settings.security()))
                .zookeeperFactory(new Clients())
                .dontUseContainerParents()
                .threadFactory(Thread.ofPlatform().name("metadata-zookeeper-", 0).daemon().factory())
                .aclProvider(new SameAclForAll(owners));
        settings.security()
                .digest()
                .ifPresent(digest -> builder.authorization("digest", digest.getBytes(StandardCharsets.UTF_8)));
        client = builder.build();
    }

    /// The client, which knows more than it says to everybody.
    @SuppressWarnings("try") // Its close, which is the client's own, may be interrupted.
    private static final class Client extends ZooKeeperAdmin {
        Client(String connect, int sessionMs, Watcher watcher, boolean canBeReadOnly, ZKClientConfig configuration)
                throws IOException {
            super(connect, sessionMs, watcher, canBeReadOnly, configuration);
        }

        @Nullable
        SocketAddress server() {
            return testableRemoteSocketAddress();
        }
    }

    private static final class Clients implements ZookeeperFactory {
        @Override
        public ZooKeeper newZooKeeper(String connect, int sessionMs, Watcher watcher, boolean canBeReadOnly)
                throws IOException {
            return newZooKeeper(connect, sessionMs, watcher, canBeReadOnly, new ZKClientConfig());
        }

        @Override
        public ZooKeeper newZooKeeper(String connect, int sessionMs, Watcher watcher, boolean canBeReadOnly,
                ZKClientConfig configuration) throws IOException {
            return new Client(connect, sessionMs, watcher, canBeReadOnly, configuration);
        }
    }

    private record SameAclForAll(List<ACL> acl) implements ACLProvider {
        @Override
        public List<ACL> getDefaultAcl() {
            return acl;
        }

        @Override
        public List<ACL> getAclForPath(String path) {
            return acl;
        }
    }

    /// Blocks until there is a connection, or until `limitMs` have passed; whether there is one.
    boolean connect(Events told, int limitMs) throws InterruptedException {
        events = told;
        client.getConnectionStateListenable().addListener((_, state) -> changed(state, told), executor);
        client.start();
        return client.blockUntilConnected(limitMs, TimeUnit.MILLISECONDS);
    }

    private void changed(ConnectionState state, Events told) {
        isConnected = state.isConnected();
        switch (state) {
            case CONNECTED, RECONNECTED, READ_ONLY -> told.onConnected();
            case SUSPENDED -> told.onDisconnected();
            case LOST -> told.onSessionLost();
        }
    }

    /// Whether there was a connection when the last event came.
    boolean isConnected() {
        return isConnected;
    }

    /// Has every change of these znodes told for as long as the session lasts. To be asked again with each connection.
    void watch(List<String> paths) {
        for (String path : paths) {
            run(() -> client.watchers()
                    .add()
                    .withMode(AddWatchMode.PERSISTENT)
                    .inBackground((_, _) -> {}, executor)
                    .usingWatcher(watcher)
                    .forPath(path));
        }
    }

    private void changed(WatchedEvent change) {
        Events told = events;
        String path = change.getPath();
        if (told != null && path != null) {
            executor.execute(() -> told.onChanged(path));
        }
    }

    /// Empty when there is no such znode. Fails with a [KeeperException].
    CompletableFuture<Optional<Znode>> read(String path) {
        CompletableFuture<Optional<Znode>> answer = new CompletableFuture<>();
        BackgroundCallback callback = (_, event) -> {
            Code code = Code.get(event.getResultCode());
            if (code == Code.OK) {
                complete(answer, event, path);
            } else if (code == Code.NONODE) {
                answer.complete(Optional.empty());
            } else {
                answer.completeExceptionally(KeeperException.create(code, path));
            }
        };
        run(() -> client.getData().inBackground(callback, executor).forPath(path));
        return answer;
    }

    private void complete(CompletableFuture<Optional<Znode>> answer, CuratorEvent event, String path) {
        byte[] data = event.getData();
        long owner = event.getStat().getEphemeralOwner();
        try {
            boolean isMine = owner != 0 && owner == session().getSessionId();
            answer.complete(
                    Optional.of(new Znode(data == null ? new byte[0] : data, event.getStat().getVersion(), isMine)));
        } catch (IllegalStateException e) {
            // There is no session any more to compare with.
            answer.completeExceptionally(KeeperException.create(Code.CONNECTIONLOSS, path));
        }
    }

    /// The client's handle of the present session.
    ZooKeeper session() {
        return operation(() -> client.getZookeeperClient().getZooKeeper());
    }

    /// The server that the present session is connected to; empty while it is to none.
    Optional<InetSocketAddress> server() {
        return session() instanceof Client present && present.server() instanceof InetSocketAddress server
                ? Optional.of(server)
                : Optional.empty();
    }

    /// The names below a znode, which must not be many. Fails with a [KeeperException].
    CompletableFuture<List<String>> names(String path) {
        CompletableFuture<List<String>> answer = new CompletableFuture<>();
        BackgroundCallback callback = (_, event) -> {
            Code code = Code.get(event.getResultCode());
            if (code == Code.OK) {
                answer.complete(List.copyOf(event.getChildren()));
            } else {
                answer.completeExceptionally(KeeperException.create(code, path));
            }
        };
        run(() -> client.getChildren().inBackground(callback, executor).forPath(path));
        return answer;
    }

    /// Does all of `operations`, in their order, or none. The future never fails.
    CompletableFuture<Outcome> commit(List<CuratorOp> operations) {
        CompletableFuture<Outcome> answer = new CompletableFuture<>();
        BackgroundCallback callback = (_, event) -> answer
                .complete(new Outcome(Code.get(event.getResultCode()), failedIndex(event.getOpResults())));
        run(() -> client.transaction().inBackground(callback, executor).forOperations(operations));
        return answer;
    }

    /// Of those that come before and after the one that failed, the ensemble says that they are OK or inconsistent.
    private static int failedIndex(@Nullable List<CuratorTransactionResult> results) {
        for (int i = 0; results != null && i < results.size(); i++) {
            Code code = Code.get(results.get(i).getError());
            if (code != Code.OK && code != Code.RUNTIMEINCONSISTENCY) {
                return i;
            }
        }
        return -1;
    }

    CuratorOp create(String path, byte[] data) {
        return operation(() -> client.transactionOp().create().withMode(CreateMode.PERSISTENT).forPath(path, data));
    }

    /// Gone with the session.
    CuratorOp createEphemeral(String path, byte[] data) {
        return operation(() -> client.transactionOp().create().withMode(CreateMode.EPHEMERAL).forPath(path, data));
    }

    CuratorOp set(String path, byte[] data) {
        return set(path, data, ANY_VERSION);
    }

    CuratorOp set(String path, byte[] data, int version) {
        return operation(() -> client.transactionOp().setData().withVersion(version).forPath(path, data));
    }

    CuratorOp delete(String path) {
        return operation(() -> client.transactionOp().delete().withVersion(ANY_VERSION).forPath(path));
    }

    CuratorOp checkExists(String path) {
        return check(path, ANY_VERSION);
    }

    CuratorOp check(String path, int version) {
        return operation(() -> client.transactionOp().check().withVersion(version).forPath(path));
    }

    /// Blocks until an answer has come; not for the executor.
    ///
    /// @throws IOException when the ensemble fails, or does not answer in time
    static <T> T await(CompletableFuture<T> answer, long limitMs) throws IOException {
        try {
            return answer.get(limitMs, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new IOException("the ZooKeeper ensemble fails: " + e.getCause(), e.getCause());
        } catch (TimeoutException e) {
            throw new IOException("the ZooKeeper ensemble has not answered within " + limitMs + " ms", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for the ZooKeeper ensemble", e);
        }
    }

    /// Ends the session at once, and its ephemeral znodes with it.
    @Override
    public void close() {
        isConnected = false;
        client.close();
    }

    /// What Curator declares to throw anything; in the background it only throws when it is used wrongly.
    private interface Asked<T> {
        T ask() throws Exception;
    }

    private static void run(Asked<?> asked) {
        var _ = operation(asked::ask);
    }

    private static <T> T operation(Asked<T> asked) {
        try {
            return asked.ask();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("the ZooKeeper client cannot be asked", e);
        }
    }
}
