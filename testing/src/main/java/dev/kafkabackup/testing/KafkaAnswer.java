// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.testing;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Predicate;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponseTopic;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.FetchableTopicResponse;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsPartitionResponse;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsTopicResponse;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseBroker;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopic;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.record.MemoryRecords;

/**
 * A broker's answer on its way through a {@link KafkaProxy}.
 *
 * @param clientId of the client that asked
 * @param api what was asked for
 * @param version of the request and of this answer
 * @param node the address of the proxy that the client asked, as {@link KafkaProxy} counts them
 * @param frame the answer from its header on, without its length; not to be changed
 */
@SuppressWarnings("ArrayRecordComponent") // passed on, never compared
public record KafkaAnswer(String clientId, ApiKeys api, short version, int node, byte[] frame) {

    /** Answers of one kind to clients whose id begins with the prefix. */
    public static Predicate<KafkaAnswer> to(String clientIdPrefix, ApiKeys api) {
        return answer -> answer.api() == api && answer.clientId().startsWith(clientIdPrefix);
    }

    /** All answers to clients whose id begins with the prefix. */
    public static Predicate<KafkaAnswer> to(String clientIdPrefix) {
        return answer -> answer.clientId().startsWith(clientIdPrefix);
    }

    /** Whether this answers a fetch and brings records. */
    public boolean hasRecords() {
        return api == ApiKeys.FETCH
                && new FetchResponseData(body(), version)
                        .responses().stream()
                                .flatMap(topic -> topic.partitions().stream())
                                .anyMatch(partition -> partition.records() != null
                                        && partition.records().sizeInBytes() > 0);
    }

    /** What a broker answers that does not know the topic: about metadata, and when topics are described by name. */
    public KafkaAnswer withoutTopic(String topic) {
        if (api == ApiKeys.METADATA) {
            MetadataResponseData metadata = new MetadataResponseData(body(), version);
            MetadataResponseTopic known = metadata.topics().find(topic);
            if (known == null) {
                return this;
            }
            known.setErrorCode(Errors.UNKNOWN_TOPIC_OR_PARTITION.code())
                    .setTopicId(Uuid.ZERO_UUID)
                    .setPartitions(List.of());
            return with(metadata);
        }
        if (api == ApiKeys.DESCRIBE_TOPIC_PARTITIONS) {
            DescribeTopicPartitionsResponseData described = new DescribeTopicPartitionsResponseData(body(), version);
            DescribeTopicPartitionsResponseTopic known = described.topics().find(topic);
            if (known == null) {
                return this;
            }
            known.setErrorCode(Errors.UNKNOWN_TOPIC_OR_PARTITION.code())
                    .setTopicId(Uuid.ZERO_UUID)
                    .setPartitions(List.of());
            return with(described);
        }
        return this;
    }

    /** What a broker with old metadata answers, for which the topic is another incarnation. */
    public KafkaAnswer withTopicId(String topic, Uuid id) {
        if (api != ApiKeys.METADATA) {
            return this;
        }
        MetadataResponseData metadata = new MetadataResponseData(body(), version);
        MetadataResponseTopic known = metadata.topics().find(topic);
        if (known == null || known.errorCode() != Errors.NONE.code()) {
            return this;
        }
        known.setTopicId(id);
        return with(metadata);
    }

    /** A listing of all topics that leaves one out. */
    public KafkaAnswer listedWithout(String topic) {
        if (api != ApiKeys.METADATA) {
            return this;
        }
        MetadataResponseData metadata = new MetadataResponseData(body(), version);
        return metadata.topics().removeIf(listed -> topic.equals(listed.name())) ? with(metadata) : this;
    }

    /** An answer to a fetch in which this partition has an error instead of records; others are as they were. */
    public KafkaAnswer withFetchError(TopicIdPartition partition, Errors error) {
        if (api != ApiKeys.FETCH) {
            return this;
        }
        FetchResponseData fetched = new FetchResponseData(body(), version);
        boolean changed = false;
        for (FetchableTopicResponse topic : fetched.responses()) {
            for (PartitionData data : topic.partitions()) {
                if (topic.topicId().equals(partition.topicId()) && data.partitionIndex() == partition.partition()) {
                    data.setErrorCode(error.code()).setRecords(MemoryRecords.EMPTY);
                    changed = true;
                }
            }
        }
        return changed ? with(fetched) : this;
    }

    /** An answer about offsets in which this partition has an error; others are as they were. */
    public KafkaAnswer withOffsetError(TopicPartition partition, Errors error) {
        if (api != ApiKeys.LIST_OFFSETS) {
            return this;
        }
        ListOffsetsResponseData listed = new ListOffsetsResponseData(body(), version);
        boolean changed = false;
        for (ListOffsetsTopicResponse topic : listed.topics()) {
            for (ListOffsetsPartitionResponse data : topic.partitions()) {
                if (topic.name().equals(partition.topic()) && data.partitionIndex() == partition.partition()) {
                    data.setErrorCode(error.code());
                    changed = true;
                }
            }
        }
        return changed ? with(listed) : this;
    }

    /** This answer about metadata with one broker more. */
    KafkaAnswer withBroker(int id, String host, int port) {
        MetadataResponseData metadata = new MetadataResponseData(body(), version);
        metadata.brokers()
                .add(new MetadataResponseBroker().setNodeId(id).setHost(host).setPort(port));
        return with(metadata);
    }

    private KafkaAnswer with(ApiMessage changedBody) {
        short headerVersion = api.responseHeaderVersion(version);
        ResponseHeaderData header =
                new ResponseHeaderData(new ByteBufferAccessor(ByteBuffer.wrap(frame)), headerVersion);
        ByteBuffer head =
                MessageUtil.toByteBufferAccessor(header, headerVersion).buffer();
        ByteBuffer body = MessageUtil.toByteBufferAccessor(changedBody, version).buffer();
        byte[] changed = new byte[head.remaining() + body.remaining()];
        int headBytes = head.remaining();
        head.get(changed, 0, headBytes);
        body.get(changed, headBytes, body.remaining());
        return new KafkaAnswer(clientId, api, version, node, changed);
    }

    private ByteBufferAccessor body() {
        ByteBufferAccessor in = new ByteBufferAccessor(ByteBuffer.wrap(frame));
        new ResponseHeaderData(in, api.responseHeaderVersion(version));
        return in;
    }

    @Override
    public String toString() {
        return "%s v%d to %s".formatted(api, version, clientId);
    }
}
