import java.time.Duration;
import java.util.Collections;
import java.util.Properties;

import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/// Compiled and run by the acceptance tests, on the class path of an old client: creates a topic, writes to it,
/// reads it back in a group, commits, and prints each value.
class OldClient {
    public static void main(String[] arguments) throws Exception {
        Properties settings = new Properties();
        settings.put("bootstrap.servers", arguments[0]);
        settings.put("key.serializer", "org.apache.kafka.common.serialization.StringSerializer");
        settings.put("value.serializer", "org.apache.kafka.common.serialization.StringSerializer");
        settings.put("key.deserializer", "org.apache.kafka.common.serialization.StringDeserializer");
        settings.put("value.deserializer", "org.apache.kafka.common.serialization.StringDeserializer");
        settings.put("acks", "all");
        settings.put("enable.idempotence", arguments[2]);
        settings.put("compression.type", arguments[3]);
        settings.put("group.id", "old-" + arguments[1]);
        settings.put("auto.offset.reset", "earliest");
        int count = Integer.parseInt(arguments[4]);
        try (AdminClient admin = AdminClient.create(settings)) {
            admin.createTopics(Collections.singleton(new NewTopic(arguments[1], 1, (short) 1))).all().get();
        }
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(settings)) {
            for (int i = 0; i < count; i++) {
                producer.send(new ProducerRecord<>(arguments[1], "key", "value " + i));
            }
        }
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(settings)) {
            consumer.subscribe(Collections.singleton(arguments[1]));
            for (int read = 0; read < count;) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofSeconds(1))) {
                    System.out.println(record.value());
                    read++;
                }
            }
            consumer.commitSync();
        }
    }
}
