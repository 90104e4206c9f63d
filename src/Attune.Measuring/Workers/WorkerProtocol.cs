using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Attune.Measuring.Workers;

/// <summary>
/// Lines between parent and worker: JSON behind a marker. Whatever else appears on the worker's standard output (a library that prints, a runtime's message)
/// lacks the marker and is kept as noise for error messages, never taken for a reply.
/// </summary>
internal static class WorkerProtocol
{
    /// <summary>Longest line that is looked at; longer ones are noise.</summary>
    public const int LongestLine = 1 << 22;

    private static ReadOnlySpan<byte> Marker => "\u001e@attune1 "u8;

    public static byte[] Encode(WorkerRequest request) => Encode(request, WorkerJson.Default.WorkerRequest);

    public static byte[] Encode(WorkerReply reply) => Encode(reply, WorkerJson.Default.WorkerReply);

    public static WorkerRequest? DecodeRequest(ReadOnlySpan<byte> line) => Decode(line, WorkerJson.Default.WorkerRequest);

    public static WorkerReply? DecodeReply(ReadOnlySpan<byte> line) => Decode(line, WorkerJson.Default.WorkerReply);

    private static byte[] Encode<T>(T message, JsonTypeInfo<T> type)
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(message, type);
        return [.. Marker, .. json, (byte)'\n'];
    }

    // Text without a line feed may stand before the marker: a candidate's own output that was never ended.
    private static T? Decode<T>(ReadOnlySpan<byte> line, JsonTypeInfo<T> type)
        where T : class
    {
        int marker = line.IndexOf(Marker);
        if (marker < 0)
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(line[(marker + Marker.Length)..], type);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>JSON of the worker protocol. Infinite medians are part of it.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(WorkerRequest))]
[JsonSerializable(typeof(WorkerReply))]
internal sealed partial class WorkerJson : JsonSerializerContext;
