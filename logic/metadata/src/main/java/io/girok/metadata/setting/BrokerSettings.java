package io.girok.metadata.setting;

import io.girok.base.Principal;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Every setting of a broker. Immutable.
///
/// Names and defaults are Apache Kafka's where it has the setting; where ours differ the meaning says so.
public final class BrokerSettings {
    private static final Map<String, Setting<?>> ALL = new LinkedHashMap<>();
    /// Kafka's other names for the same thing.
    private static final Map<String, String> ALIASES = Map.of("broker.id", "node.id", "log.dir", "log.dirs");

    public static final Setting<Integer> NODE_ID = add(
            Setting.of("node.id", ValueType.ints(0, Integer.MAX_VALUE), "1", "The broker's number in its cluster."));
    public static final Setting<List<String>> CONTROLLER_QUORUM_VOTERS = add(
            Setting.of("controller.quorum.voters", ValueType.list("ID@HOST:PORT, separated by commas", 0), "",
                    "The nodes that keep the metadata and elect the active controller among them, with the addresses "
                            + "of their listeners; empty: this node alone. Three survive the loss of one, five "
                            + "of two. A node that is not among them is a broker that follows them."));
    public static final Setting<List<String>> PROCESS_ROLES = add(
            Setting.of("process.roles", ValueType.list("broker, controller, or both", 1, "broker", "controller"),
                    "broker,controller",
                    "What the node is: a broker has partitions; a controller may be a voter."));
    public static final Setting<String> CLUSTER_ID = add(
            Setting.optional("cluster.id", ValueType.text("any text"),
                    "The cluster's id, the same on every node; without it, one is derived from "
                            + "controller.quorum.voters, or made up by a node that is alone. Not in Apache Kafka."));
    public static final Setting<String> ZOOKEEPER_CONNECT = add(
            Setting.of("zookeeper.connect", ValueType.text("HOST:PORT, separated by commas, and perhaps /PATH"), "",
                    "The ZooKeeper ensemble that keeps the metadata and elects the active controller, in place of "
                            + "controller.quorum.voters; the znodes are below the path."));
    public static final Setting<Integer> ZOOKEEPER_SESSION_TIMEOUT_MS = add(
            Setting.of("zookeeper.session.timeout.ms", ValueType.ints(100, Integer.MAX_VALUE), "6000",
                    "After how long a silent active controller is replaced, in milliseconds; one whose process is "
                            + "gone is replaced at once. The default of Apache Kafka was 18000."));
    public static final Setting<Integer> ZOOKEEPER_CONNECTION_TIMEOUT_MS = add(
            Setting.of("zookeeper.connection.timeout.ms", ValueType.ints(1, Integer.MAX_VALUE), "18000",
                    "How long a start waits for the ZooKeeper ensemble, in milliseconds."));
    public static final Setting<Boolean> ZOOKEEPER_SET_ACL = add(
            Setting.of("zookeeper.set.acl", ValueType.booleans(), "false",
                    "Whether only the identity that made the znodes may read and change them; needs one, by SASL, "
                            + "TLS or zookeeper.digest."));
    public static final Setting<String> ZOOKEEPER_DIGEST = add(
            Setting.optional("zookeeper.digest", ValueType.secret("USER:PASSWORD"),
                    "Who this node is to ZooKeeper, by its scheme 'digest'. Not in Apache Kafka."));
    public static final Setting<Boolean> ZOOKEEPER_SSL_CLIENT_ENABLE = add(
            Setting.of("zookeeper.ssl.client.enable", ValueType.booleans(), "false",
                    "Whether connections to ZooKeeper are under TLS."));
    public static final Setting<String> ZOOKEEPER_SSL_KEYSTORE_LOCATION = add(
            Setting.optional("zookeeper.ssl.keystore.location", ValueType.text("a file"),
                    "The key and certificate that this node shows to ZooKeeper."));
    public static final Setting<String> ZOOKEEPER_SSL_KEYSTORE_PASSWORD = add(
            Setting.optional("zookeeper.ssl.keystore.password", ValueType.secret("any text"),
                    "Of zookeeper.ssl.keystore.location, and of the key in it."));
    public static final Setting<String> ZOOKEEPER_SSL_KEYSTORE_TYPE = add(
            Setting.optional("zookeeper.ssl.keystore.type", ValueType.words("JKS", "PKCS12", "PEM", "BCFKS"),
                    "Of zookeeper.ssl.keystore.location; without it, the file's name says."));
    public static final Setting<String> ZOOKEEPER_SSL_TRUSTSTORE_LOCATION = add(
            Setting.optional("zookeeper.ssl.truststore.location", ValueType.text("a file"),
                    "The certificates that ZooKeeper's servers are known by."));
    public static final Setting<String> ZOOKEEPER_SSL_TRUSTSTORE_PASSWORD = add(
            Setting.optional("zookeeper.ssl.truststore.password", ValueType.secret("any text"),
                    "Of zookeeper.ssl.truststore.location."));
    public static final Setting<String> ZOOKEEPER_SSL_TRUSTSTORE_TYPE = add(
            Setting.optional("zookeeper.ssl.truststore.type", ValueType.words("JKS", "PKCS12", "PEM", "BCFKS"),
                    "Of zookeeper.ssl.truststore.location; without it, the file's name says."));
    public static final Setting<String> ZOOKEEPER_SSL_ENDPOINT_IDENTIFICATION_ALGORITHM = add(
            Setting.of("zookeeper.ssl.endpoint.identification.algorithm", ValueType.text("HTTPS, or nothing"), "HTTPS",
                    "Whether a server's certificate must be for the name it is reached by: HTTPS, yes; empty, no."));
    public static final Setting<String> ZOOKEEPER_SSL_PROTOCOL = add(
            Setting.optional("zookeeper.ssl.protocol", ValueType.text("TLSv1.3 or TLSv1.2"),
                    "The version of TLS to begin with; without it, ZooKeeper's default."));
    public static final Setting<List<String>> ZOOKEEPER_SSL_ENABLED_PROTOCOLS = add(
            Setting.of("zookeeper.ssl.enabled.protocols", ValueType.list("versions of TLS, separated by commas", 0), "",
                    "The versions of TLS that are agreed to; empty: that of zookeeper.ssl.protocol."));
    public static final Setting<List<String>> ZOOKEEPER_SSL_CIPHER_SUITES = add(
            Setting.of("zookeeper.ssl.cipher.suites", ValueType.list("cipher suites, separated by commas", 0), "",
                    "The cipher suites that are agreed to; empty: ZooKeeper's default."));
    public static final Setting<String> BROKER_RACK = add(
            Setting.optional("broker.rack", ValueType.text("any text"),
                    "Where the broker stands: the copies of a partition are spread over racks."));
    public static final Setting<Long> BROKER_HEARTBEAT_INTERVAL_MS = add(
            Setting.of("broker.heartbeat.interval.ms", ValueType.longs(1, Integer.MAX_VALUE), "2000",
                    "How often a broker tells the active controller that it is alive, in milliseconds."));
    public static final Setting<Long> BROKER_SESSION_TIMEOUT_MS = add(
            Setting.of("broker.session.timeout.ms", ValueType.longs(100, Integer.MAX_VALUE), "9000",
                    "After how long a silent broker is fenced, in milliseconds; one whose process is gone is fenced at "
                            + "once."));
    public static final Setting<List<String>> LOG_DIRS = add(
            Setting.of("log.dirs", ValueType.list("one or more directories, separated by commas", 1), "data",
                    "The directories that hold the partitions; the first one also holds the metadata log."));
    public static final Setting<List<String>> LISTENERS = add(
            Setting.of("listeners", ValueType.list("NAME://HOST:PORT, separated by commas", 1),
                    "PLAINTEXT://127.0.0.1:9092",
                    "Where clients are listened for; listener.security.protocol.map says what is spoken there. The "
                            + "default is this machine only, since nobody is asked there who they are."));
    public static final Setting<List<String>> ADVERTISED_LISTENERS = add(
            Setting.of("advertised.listeners", ValueType.list("NAME://HOST:PORT, separated by commas", 0), "",
                    "The addresses clients are told; without it each client is told the address it used itself."));
    public static final Setting<List<String>> HTTP_LISTENERS = add(
            Setting.of("http.listeners", ValueType.list("HTTP://HOST:PORT, or empty", 0), "",
                    "Where the metrics are read, at /metrics, in Prometheus' format; empty turns it off."));
    public static final Setting<Integer> NUM_NETWORK_THREADS = add(
            Setting.of("num.network.threads", ValueType.ints(0, 256), "0",
                    "The number of event loops, each of which owns a share of the partitions; 0 "
                            + "takes one for each processor."));
    public static final Setting<Integer> BACKGROUND_THREADS = add(
            Setting.of("background.threads", ValueType.ints(1, 256), "8",
                    "The most threads that sync, delete and recover files at a time."));
    public static final Setting<Integer> COLD_READ_THREADS = add(
            Setting.of("cold.read.threads", ValueType.ints(1, 256), "4",
                    "The most threads that read from the disk at a time what consumers and followers want that are far "
                            + "behind. Not in Apache Kafka."));
    public static final Setting<Integer> SOCKET_REQUEST_MAX_BYTES = add(
            Setting.of("socket.request.max.bytes", ValueType.ints(1024, Integer.MAX_VALUE), "104857600",
                    "The size of the largest request, in bytes."));
    public static final Setting<Long> QUEUED_MAX_REQUEST_BYTES = add(
            Setting.of("queued.max.request.bytes", ValueType.longs(1024 * 1024, Long.MAX_VALUE), "268435456",
                    "The memory that all requests together may take, in bytes; at least twice "
                            + "socket.request.max.bytes."));
    public static final Setting<Long> CONNECTIONS_MAX_IDLE_MS = add(
            Setting.of("connections.max.idle.ms", ValueType.longs(1, Long.MAX_VALUE), "600000",
                    "How long a connection may be silent before it is closed, in milliseconds."));

    public static final Setting<Integer> MAX_CONNECTIONS_PER_IP = add(
            Setting.of("max.connections.per.ip", ValueType.ints(0, Integer.MAX_VALUE), "2147483647",
                    "How many connections may be open from one address."));
    public static final Setting<List<String>> MAX_CONNECTIONS_PER_IP_OVERRIDES = add(
            Setting.of("max.connections.per.ip.overrides", ValueType.list("ADDRESS:NUMBER, separated by commas", 0), "",
                    "Addresses or names from which another number of connections may be open."));
    public static final Setting<Integer> QUOTA_WINDOW_NUM = add(
            Setting.of("quota.window.num", ValueType.ints(1, Integer.MAX_VALUE), "11",
                    "Over how many windows a client's use is looked at together: all but the last of them may be used "
                            + "up at once."));
    public static final Setting<Integer> QUOTA_WINDOW_SIZE_SECONDS = add(
            Setting.of("quota.window.size.seconds", ValueType.ints(1, Integer.MAX_VALUE), "1",
                    "The length of such a window, and the longest wait for the time that requests take, in seconds."));
    public static final Setting<Integer> CONTROLLER_QUOTA_WINDOW_NUM = add(
            Setting.of("controller.quota.window.num", ValueType.ints(1, Integer.MAX_VALUE), "11",
                    "As quota.window.num, of the partitions that the controller creates and deletes for a client."));
    public static final Setting<Integer> CONTROLLER_QUOTA_WINDOW_SIZE_SECONDS = add(
            Setting.of("controller.quota.window.size.seconds", ValueType.ints(1, Integer.MAX_VALUE), "1",
                    "As quota.window.size.seconds, of the same."));

    public static final Setting<Boolean> AUTO_CREATE_TOPICS_ENABLE = add(
            Setting.of("auto.create.topics.enable", ValueType.booleans(), "true",
                    "Whether a topic is created when a client first asks for it."));
    public static final Setting<Boolean> DELETE_TOPIC_ENABLE = add(
            Setting.of("delete.topic.enable", ValueType.booleans(), "true", "Whether topics may be deleted."));
    public static final Setting<Integer> NUM_PARTITIONS = add(
            Setting.of("num.partitions", ValueType.ints(1, 100_000), "1",
                    "The number of partitions of a topic that is created without saying how many."));
    public static final Setting<Integer> DEFAULT_REPLICATION_FACTOR = add(
            Setting.of("default.replication.factor", ValueType.ints(1, 32767), "1",
                    "The number of copies of each partition when a topic is created without "
                            + "saying how many."));
    public static final Setting<Integer> MIN_INSYNC_REPLICAS = add(
            Setting.of("min.insync.replicas", ValueType.ints(1, Integer.MAX_VALUE), "1",
                    "How many copies must be in sync for a write with acks=all to be taken. What the founder of a "
                            + "cluster has here is in force on every node: a leader that asks for fewer than the "
                            + "active controller knows of would lose what it acknowledges. At run time it is changed "
                            + "for all brokers or for a topic, not for one broker.")
                    .dynamicForAll());

    public static final Setting<Boolean> AUTO_BALANCE_ENABLE = add(
            Setting.of("auto.balance.enable", ValueType.booleans(), "true",
                    "Whether the active controller moves replicas and leaders so that all brokers carry the same; "
                            + "turned off, it calls its moves off. Not in Apache Kafka.")
                    .dynamic());
    public static final Setting<Long> AUTO_BALANCE_INTERVAL_MS = add(
            Setting.of("auto.balance.interval.ms", ValueType.longs(100, Integer.MAX_VALUE), "300000",
                    "How often the active controller looks whether brokers carry the same, in milliseconds.")
                    .dynamic());
    public static final Setting<Integer> AUTO_BALANCE_MAX_MOVES = add(
            Setting.of("auto.balance.max.moves", ValueType.ints(1, 10_000), "10",
                    "How many partitions are copied to other brokers at the same time.").dynamic());
    public static final Setting<Long> AUTO_BALANCE_THROTTLE_BYTES_PER_SECOND = add(
            Setting.of("auto.balance.throttle.bytes.per.second", ValueType.longs(0, Long.MAX_VALUE), "52428800",
                    "What these moves may copy in a second, at each broker; 0 for no limit.").dynamic());
    public static final Setting<Integer> AUTO_BALANCE_THRESHOLD_PERCENT = add(
            Setting.of("auto.balance.threshold.percent", ValueType.ints(0, 1_000), "10",
                    "Loads that differ by no more than this share of the average count as even.").dynamic());
    public static final Setting<Boolean> AUTO_BALANCE_EXCLUDED = add(
            Setting.of("auto.balance.excluded", ValueType.booleans(), "false",
                    "Whether the active controller leaves this broker as it is; 'girok cluster drain' sets it, so that "
                            + "the broker stays empty until it is removed or 'girok cluster balance' is executed.")
                    .dynamic());
    public static final Setting<Boolean> AUTO_LEADER_REBALANCE_ENABLE = add(
            Setting.of("auto.leader.rebalance.enable", ValueType.booleans(), "true",
                    "Whether partitions are led by their preferred leaders again, after these were away."));
    public static final Setting<Long> LEADER_IMBALANCE_CHECK_INTERVAL_SECONDS = add(
            Setting.of("leader.imbalance.check.interval.seconds", ValueType.longs(1, Integer.MAX_VALUE), "300",
                    "How often the active controller looks whether brokers lead what they are to lead, in seconds."));
    public static final Setting<Integer> LEADER_IMBALANCE_PER_BROKER_PERCENTAGE = add(
            Setting.of("leader.imbalance.per.broker.percentage", ValueType.ints(0, 100), "10",
                    "How many of the partitions that prefer a broker as their leader others may lead before it gets "
                            + "them back, in percent."));

    public static final Setting<Long> REPLICA_LAG_TIME_MAX_MS = add(
            Setting.of("replica.lag.time.max.ms", ValueType.longs(1, Long.MAX_VALUE), "30000",
                    "How long a follower may be behind its leader and still count as in sync, in milliseconds."));
    public static final Setting<String> REPLICA_SELECTOR_CLASS = add(
            Setting.optional("replica.selector.class",
                    ValueType.words("org.apache.kafka.common.replica.RackAwareReplicaSelector"),
                    "Who chooses the replica that a consumer reads from: with this one, consumers that say their rack "
                            + "(client.rack) read from a follower there; without it, all read from the leader."));
    public static final Setting<Integer> REPLICA_FETCH_WAIT_MAX_MS = add(
            Setting.of("replica.fetch.wait.max.ms", ValueType.ints(0, 60_000), "500",
                    "How long a follower's request waits at the leader for something new, in milliseconds."));
    public static final Setting<Integer> REPLICA_FETCH_MAX_BYTES = add(
            Setting.of("replica.fetch.max.bytes", ValueType.ints(0, Integer.MAX_VALUE), "1048576",
                    "The most that a follower asks for of one partition at a time, in bytes."));
    public static final Setting<Integer> REPLICA_FETCH_RESPONSE_MAX_BYTES = add(
            Setting.of("replica.fetch.response.max.bytes", ValueType.ints(0, Integer.MAX_VALUE), "10485760",
                    "The most that a follower asks for at a time, in bytes."));
    public static final Setting<Long> REPLICA_SOCKET_TIMEOUT_MS = add(
            Setting.of("replica.socket.timeout.ms", ValueType.longs(1, Long.MAX_VALUE), "30000",
                    "How long a leader may take to answer a follower, in milliseconds, beyond the time it may wait."));
    public static final Setting<Long> LEADER_REPLICATION_THROTTLED_RATE = add(
            Setting.of("leader.replication.throttled.rate", ValueType.longs(0, Long.MAX_VALUE), "9223372036854775807",
                    "The most that this broker gives to replicas that catch up, in bytes per second; of the partitions "
                            + "that leader.replication.throttled.replicas of their topics names.")
                    .dynamic());
    public static final Setting<Long> FOLLOWER_REPLICATION_THROTTLED_RATE = add(
            Setting.of("follower.replication.throttled.rate", ValueType.longs(0, Long.MAX_VALUE),
                    "9223372036854775807",
                    "The most that replicas here take while they catch up, in bytes per second; of the partitions that "
                            + "follower.replication.throttled.replicas of their topics names.")
                    .dynamic());
    public static final Setting<Integer> NUM_REPLICA_ALTER_LOG_DIRS_THREADS = add(
            Setting.optional("num.replica.alter.log.dirs.threads", ValueType.ints(1, 256),
                    "How many replicas are copied from one log directory of this broker to another at a time, by the "
                            + "background.threads; the others wait for their turn. Without it, as many as there are "
                            + "log directories."));
    public static final Setting<Long> REPLICA_ALTER_LOG_DIRS_IO_MAX_BYTES_PER_SECOND = add(
            Setting.of("replica.alter.log.dirs.io.max.bytes.per.second", ValueType.longs(0, Long.MAX_VALUE),
                    "9223372036854775807",
                    "The most that is copied from one log directory of this broker to another, in bytes per second; "
                            + "all replicas that move together.")
                    .dynamic());

    public static final Setting<String> DURABILITY = add(
            Setting.of("durability", ValueType.words("fsync", "os"), "fsync",
                    "What acks=all waits for: fsync, the record is on stable storage; os, the "
                            + "operating system has it. Not in Apache Kafka, which does os."));
    public static final Setting<Integer> MAX_OPEN_SEGMENTS = add(
            Setting.of("max.open.segments", ValueType.ints(16, Integer.MAX_VALUE), "1000",
                    "The most files of the log that are open at a time, whatever the number of "
                            + "partitions. Not in Apache Kafka."));
    public static final Setting<Long> LOG_DIR_MIN_FREE_BYTES = add(
            Setting.of("log.dir.min.free.bytes", ValueType.longs(-1, Long.MAX_VALUE), "-1",
                    "How much of each log directory's disk is kept free, in bytes: below it producers are asked to try "
                            + "again later, while reads, deletions and committed offsets go on; below half of it "
                            + "nothing is copied from other brokers either; 0 turns it off; -1 takes 64 MiB, or 5 % "
                            + "of a disk smaller than 1.25 GiB. Not in Apache Kafka.")
                    .dynamic());
    public static final Setting<Long> PRODUCER_ID_EXPIRATION_MS = add(
            Setting.of("producer.id.expiration.ms", ValueType.longs(1, Integer.MAX_VALUE), "86400000",
                    "How long the sequence numbers of a silent idempotent producer are "
                            + "remembered, in milliseconds."));
    public static final Setting<Long> LOG_RETENTION_CHECK_INTERVAL_MS = add(
            Setting.of("log.retention.check.interval.ms", ValueType.longs(1, Long.MAX_VALUE), "300000",
                    "How often segments are looked for that may go, in milliseconds."));
    public static final Setting<Long> LOG_FLUSH_OFFSET_CHECKPOINT_INTERVAL_MS = add(
            Setting.of("log.flush.offset.checkpoint.interval.ms", ValueType.longs(1, Long.MAX_VALUE), "60000",
                    "How often the recovery points are written down, in milliseconds."));

    public static final Setting<Integer> LOG_SEGMENT_BYTES = add(
            Setting.of("log.segment.bytes", ValueType.ints(1024 * 1024, Integer.MAX_VALUE), "1073741824",
                    "The size at which a segment ends, in bytes.").dynamic());
    public static final Setting<Long> LOG_ROLL_MS = add(
            Setting.optional("log.roll.ms", ValueType.longs(1, Long.MAX_VALUE),
                    "The age at which a segment ends, in milliseconds of its records' time; wins "
                            + "over log.roll.hours.")
                    .dynamic());
    public static final Setting<Integer> LOG_ROLL_HOURS = add(
            Setting.of("log.roll.hours", ValueType.ints(1, Integer.MAX_VALUE), "168",
                    "The age at which a segment ends, in hours."));
    public static final Setting<Long> LOG_ROLL_JITTER_MS = add(
            Setting.optional("log.roll.jitter.ms", ValueType.longs(0, Long.MAX_VALUE),
                    "The most that is taken off a segment's age at random, in milliseconds; wins "
                            + "over log.roll.jitter.hours.")
                    .dynamic());
    public static final Setting<Integer> LOG_ROLL_JITTER_HOURS = add(
            Setting.of("log.roll.jitter.hours", ValueType.ints(0, Integer.MAX_VALUE), "0",
                    "The most that is taken off a segment's age at random, in hours."));
    public static final Setting<Long> LOG_RETENTION_MS = add(
            Setting.optional("log.retention.ms", ValueType.longs(-1, Long.MAX_VALUE),
                    "How long records are kept, in milliseconds; -1 for ever; wins over minutes "
                            + "and hours.")
                    .dynamic());
    public static final Setting<Integer> LOG_RETENTION_MINUTES = add(
            Setting.optional("log.retention.minutes", ValueType.ints(-1, Integer.MAX_VALUE),
                    "How long records are kept, in minutes; -1 for ever; wins over hours."));
    public static final Setting<Integer> LOG_RETENTION_HOURS = add(
            Setting.of("log.retention.hours", ValueType.ints(-1, Integer.MAX_VALUE), "168",
                    "How long records are kept, in hours; -1 for ever."));
    public static final Setting<Long> LOG_RETENTION_BYTES = add(
            Setting.of("log.retention.bytes", ValueType.longs(-1, Long.MAX_VALUE), "-1",
                    "How large a partition may grow before its oldest segments go, in bytes; -1 "
                            + "for no limit.")
                    .dynamic());
    public static final Setting<Integer> LOG_INDEX_INTERVAL_BYTES = add(
            Setting.of("log.index.interval.bytes", ValueType.ints(0, Integer.MAX_VALUE), "4096",
                    "How many bytes of the log lie between two entries of its index.").dynamic());
    public static final Setting<Integer> LOG_INDEX_SIZE_MAX_BYTES = add(
            Setting.of("log.index.size.max.bytes", ValueType.ints(12, Integer.MAX_VALUE), "10485760",
                    "The size at which an index is full and its segment ends, in bytes.").dynamic());
    public static final Setting<Long> LOG_SEGMENT_DELETE_DELAY_MS = add(
            Setting.of("log.segment.delete.delay.ms", ValueType.longs(0, Long.MAX_VALUE), "60000",
                    "How long a deleted file stays on the disk for those who still read it, in "
                            + "milliseconds.")
                    .dynamic());
    public static final Setting<Long> LOG_FLUSH_INTERVAL_MESSAGES = add(
            Setting.of("log.flush.interval.messages", ValueType.longs(1, Long.MAX_VALUE), "9223372036854775807",
                    "After how many records a partition is synced although nobody waits for it.").dynamic());
    public static final Setting<Long> LOG_FLUSH_INTERVAL_MS = add(
            Setting.of("log.flush.interval.ms", ValueType.longs(0, Long.MAX_VALUE), "9223372036854775807",
                    "After how long a partition is synced although nobody waits for it, in "
                            + "milliseconds.")
                    .dynamic());
    public static final Setting<List<String>> LOG_CLEANUP_POLICY = add(
            Setting.of("log.cleanup.policy", ValueType.list("delete, compact or both", 0, "delete", "compact"),
                    "delete", "What happens to old records.").dynamic());
    public static final Setting<Boolean> LOG_CLEANER_ENABLE = add(
            Setting.of("log.cleaner.enable", ValueType.booleans(), "true", "Whether compacted topics are compacted."));
    public static final Setting<Integer> LOG_CLEANER_THREADS = add(
            Setting.of("log.cleaner.threads", ValueType.ints(1, 256), "1",
                    "How many logs are compacted at the same time.").dynamic());
    public static final Setting<Long> LOG_CLEANER_DEDUPE_BUFFER_SIZE = add(
            Setting.of("log.cleaner.dedupe.buffer.size", ValueType.longs(1024, Long.MAX_VALUE), "134217728",
                    "The memory for the keys of the logs that are being compacted, in bytes.").dynamic());
    public static final Setting<Double> LOG_CLEANER_IO_BUFFER_LOAD_FACTOR = add(
            Setting.of("log.cleaner.io.buffer.load.factor", ValueType.doubles(0.01, 1), "0.9",
                    "How full the memory for keys may be.").dynamic());
    public static final Setting<Integer> LOG_CLEANER_IO_BUFFER_SIZE = add(
            Setting.of("log.cleaner.io.buffer.size", ValueType.ints(1024, Integer.MAX_VALUE), "524288",
                    "The memory that compaction reads and writes with, in bytes.").dynamic());
    public static final Setting<Double> LOG_CLEANER_IO_MAX_BYTES_PER_SECOND = add(
            Setting.of("log.cleaner.io.max.bytes.per.second", ValueType.doubles(1, Double.MAX_VALUE),
                    "1.7976931348623157E308", "What compaction may read and write in a second, in bytes.").dynamic());
    public static final Setting<Long> LOG_CLEANER_BACKOFF_MS = add(
            Setting.of("log.cleaner.backoff.ms", ValueType.longs(1, Long.MAX_VALUE), "15000",
                    "How long compaction rests when no log needs it, in milliseconds.").dynamic());
    public static final Setting<Long> LOG_CLEANER_DELETE_RETENTION_MS = add(
            Setting.of("log.cleaner.delete.retention.ms", ValueType.longs(0, Long.MAX_VALUE), "86400000",
                    "How long a compacted topic keeps a key's deletion, in milliseconds.").dynamic());
    public static final Setting<Double> LOG_CLEANER_MIN_CLEANABLE_RATIO = add(
            Setting.of("log.cleaner.min.cleanable.ratio", ValueType.doubles(0, 1), "0.5",
                    "The share of a compacted log that must be new before it is compacted again.").dynamic());
    public static final Setting<Long> LOG_CLEANER_MIN_COMPACTION_LAG_MS = add(
            Setting.of("log.cleaner.min.compaction.lag.ms", ValueType.longs(0, Long.MAX_VALUE), "0",
                    "How long a record is safe from compaction, in milliseconds.").dynamic());
    public static final Setting<Long> LOG_CLEANER_MAX_COMPACTION_LAG_MS = add(
            Setting.of("log.cleaner.max.compaction.lag.ms", ValueType.longs(1, Long.MAX_VALUE), "9223372036854775807",
                    "After how long a record is compacted whatever the ratio, in milliseconds.").dynamic());
    public static final Setting<Integer> MESSAGE_MAX_BYTES = add(
            Setting.of("message.max.bytes", ValueType.ints(0, Integer.MAX_VALUE), "1048588",
                    "The size of the largest record batch, in bytes.").dynamic());
    public static final Setting<String> LOG_MESSAGE_TIMESTAMP_TYPE = add(
            Setting.of("log.message.timestamp.type", ValueType.words("CreateTime", "LogAppendTime"), "CreateTime",
                    "Whose clock a record's timestamp comes from.").dynamic());
    public static final Setting<Long> LOG_MESSAGE_TIMESTAMP_BEFORE_MAX_MS = add(
            Setting.of("log.message.timestamp.before.max.ms", ValueType.longs(0, Long.MAX_VALUE),
                    "9223372036854775807", "How far in the past a record may be dated, in milliseconds.").dynamic());
    public static final Setting<Long> LOG_MESSAGE_TIMESTAMP_AFTER_MAX_MS = add(
            Setting.of("log.message.timestamp.after.max.ms", ValueType.longs(0, Long.MAX_VALUE), "3600000",
                    "How far in the future a record may be dated, in milliseconds.").dynamic());
    public static final Setting<String> COMPRESSION_TYPE = add(
            Setting.of("compression.type",
                    ValueType.words("producer", "uncompressed", "gzip", "snappy", "lz4", "zstd"), "producer",
                    "The codec records are stored in; producer leaves them as they came.").dynamic());
    public static final Setting<Integer> COMPRESSION_GZIP_LEVEL = add(
            Setting.of("compression.gzip.level", ValueType.ints(-1, 9), "-1", "The level where gzip is used.")
                    .dynamic());
    public static final Setting<Integer> COMPRESSION_LZ4_LEVEL = add(
            Setting.of("compression.lz4.level", ValueType.ints(1, 17), "9", "The level where lz4 is used.").dynamic());
    public static final Setting<Integer> COMPRESSION_ZSTD_LEVEL = add(
            Setting.of("compression.zstd.level", ValueType.ints(-131072, 22), "3", "The level where zstd is used.")
                    .dynamic());

    public static final Setting<Integer> FETCH_MAX_BYTES = add(
            Setting.of("fetch.max.bytes", ValueType.ints(1024, Integer.MAX_VALUE), "57671680",
                    "The most bytes of records in one answer to a fetch."));
    public static final Setting<Integer> MAX_FETCH_SESSIONS = add(
            Setting.of("max.incremental.fetch.session.cache.slots", ValueType.ints(0, Integer.MAX_VALUE), "1000",
                    "The number of fetch sessions that are remembered."));
    public static final Setting<Integer> GROUP_MIN_SESSION_TIMEOUT_MS = add(
            Setting.of("group.min.session.timeout.ms", ValueType.ints(1, Integer.MAX_VALUE), "6000",
                    "The shortest session time-out a group's member may ask for, in milliseconds."));
    public static final Setting<Integer> GROUP_MAX_SESSION_TIMEOUT_MS = add(
            Setting.of("group.max.session.timeout.ms", ValueType.ints(1, Integer.MAX_VALUE), "1800000",
                    "The longest session time-out a group's member may ask for, in milliseconds."));
    public static final Setting<Integer> GROUP_INITIAL_REBALANCE_DELAY_MS = add(
            Setting.of("group.initial.rebalance.delay.ms", ValueType.ints(0, Integer.MAX_VALUE), "3000",
                    "How long an empty group waits for more members before its first assignment, "
                            + "in milliseconds."));
    public static final Setting<Integer> GROUP_MAX_SIZE = add(
            Setting.of("group.max.size", ValueType.ints(1, Integer.MAX_VALUE), "2147483647",
                    "The most members a group takes."));
    public static final Setting<Integer> OFFSETS_TOPIC_NUM_PARTITIONS = add(
            Setting.of("offsets.topic.num.partitions", ValueType.ints(1, 10_000), "50",
                    "The number of partitions of __consumer_offsets; must not change once it exists."));
    public static final Setting<Integer> OFFSETS_TOPIC_REPLICATION_FACTOR = add(
            Setting.of("offsets.topic.replication.factor", ValueType.ints(1, 32767), "3",
                    "The number of copies of __consumer_offsets. In a cluster of fewer brokers it is created a minute "
                            + "after the first group was asked for, with as many as there are. Apache Kafka waits "
                            + "for more brokers."));
    public static final Setting<Integer> OFFSETS_TOPIC_SEGMENT_BYTES = add(
            Setting.of("offsets.topic.segment.bytes", ValueType.ints(1024 * 1024, Integer.MAX_VALUE), "104857600",
                    "The size at which a segment of __consumer_offsets ends, in bytes."));
    public static final Setting<Integer> OFFSETS_RETENTION_MINUTES = add(
            Setting.of("offsets.retention.minutes", ValueType.ints(1, Integer.MAX_VALUE), "10080",
                    "How long the offsets of an empty group are kept, in minutes."));
    public static final Setting<Long> OFFSETS_RETENTION_CHECK_INTERVAL_MS = add(
            Setting.of("offsets.retention.check.interval.ms", ValueType.longs(1, Long.MAX_VALUE), "600000",
                    "How often old offsets are looked for, in milliseconds."));
    public static final Setting<Integer> OFFSET_METADATA_MAX_BYTES = add(
            Setting.of("offset.metadata.max.bytes", ValueType.ints(0, Integer.MAX_VALUE), "4096",
                    "The most text a client may commit along with an offset, in bytes."));

    public static final Setting<String> AUTHORIZER_CLASS_NAME = add(
            Setting.of("authorizer.class.name",
                    ValueType.oneOf("nothing, or a name of Apache Kafka's authorizer: " + AuthorizerNames.STANDARD
                            + " or " + AuthorizerNames.OLD, "", AuthorizerNames.STANDARD, AuthorizerNames.OLD),
                    "", "Whether requests are authorized by ACLs: with Apache Kafka's name for that, yes; empty, no."));
    public static final Setting<List<Principal>> SUPER_USERS = add(
            Setting.of("super.users", ValueType.principals(), "",
                    "Who may do everything whatever the ACLs say; the brokers themselves belong here."));
    public static final Setting<Boolean> ALLOW_EVERYONE_IF_NO_ACL_FOUND = add(
            Setting.of("allow.everyone.if.no.acl.found", ValueType.booleans(), "false",
                    "Whether a resource that no ACL is about is open to everyone, and not to super users alone."));

    private BrokerSettings() {}

    private static <T> Setting<T> add(Setting<T> setting) {
        ALL.put(setting.name(), setting);
        return setting;
    }

    /// In the order of the table.
    public static Collection<Setting<?>> all() {
        return Stream.concat(ALL.values().stream(), SecuritySettings.all().stream()).toList();
    }

    /// The setting that has this name, or this other name of Kafka's; with or without a listener before it.
    public static @Nullable Setting<?> find(String name) {
        Setting<?> setting = ALL.get(ALIASES.getOrDefault(name, name));
        return setting == null ? SecuritySettings.find(name) : setting;
    }
}
