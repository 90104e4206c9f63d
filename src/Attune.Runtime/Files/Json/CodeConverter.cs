using System.Text.Json;
using System.Text.Json.Serialization;
using Attune.Kernels.Backends;

namespace Attune.Runtime.Files.Json;

/// <summary>Compiled programs as an array of three: what it was compiled from, compute capability, and the program, compressed and in base64.</summary>
internal sealed class CodeConverter : JsonConverter<DeviceCode>
{
    private const int HashDigits = 64;
    private const int CapabilityLimit = 10_000;

    /// <summary>Reads one.</summary>
    /// <exception cref="FileDefectException">It is none.</exception>
    public static DeviceCode Read(JsonElement json)
    {
        Expect(json.ValueKind == JsonValueKind.Array && json.GetArrayLength() == 3);
        (JsonElement name, JsonElement number, JsonElement packed) = (json[0], json[1], json[2]);
        Expect(name.ValueKind == JsonValueKind.String && number.ValueKind == JsonValueKind.Number && packed.ValueKind == JsonValueKind.String);
        string source = name.GetString()!;
        Expect(source.Length == HashDigits && source.All(char.IsAsciiHexDigitLower));
        Expect(number.TryGetInt32(out int architecture) && architecture is > 0 and < CapabilityLimit);
        Expect(packed.TryGetBytesFromBase64(out byte[]? bytes));
        return new DeviceCode(source, architecture, bytes!);
    }

    public override DeviceCode Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Read(JsonElement.ParseValue(ref reader));

    public override void Write(Utf8JsonWriter writer, DeviceCode value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        writer.WriteStringValue(value.Source);
        writer.WriteNumberValue(value.Architecture);
        writer.WriteBase64StringValue(value.Packed.Span);
        writer.WriteEndArray();
    }

    private static void Expect(bool isWellFormed)
    {
        if (!isWellFormed)
        {
            throw new FileDefectException(TunedModelFailure.Malformed, "a compiled program in it is not one");
        }
    }
}
