using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Attune.Kernels;

namespace Attune.Runtime;

/// <summary>
/// Reads what <see cref="NetworkJsonWriter"/> writes. Nothing in the file is trusted: memory is taken only for constants that fit into the weights that are
/// really there, nesting is bounded. Arrays come back unfilled, with their places.
/// </summary>
internal sealed class NetworkJsonReader(long weightBytes)
{
    private const int DeepestNesting = 16;
    private readonly Dictionary<(long Position, DataType Element, long Count), Array> arrays = [];
    private long taken;

    /// <summary>Arrays to fill, with position and length in the weights.</summary>
    public List<(Array Data, long Position, long Length)> Places { get; } = [];

    /// <summary>Reads a network.</summary>
    /// <exception cref="FileDefectException">The content makes no sense.</exception>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public Network Read(byte[] utf8)
    {
        using JsonDocument document = JsonDocument.Parse(utf8, new JsonDocumentOptions { MaxDepth = 256 });
        return Network(document.RootElement, 0);
    }

    private Network Network(JsonElement json, int depth)
    {
        if (depth > DeepestNesting)
        {
            throw Malformed($"networks are nested deeper than {DeepestNesting}");
        }

        return new Network(
            Text(json, "name"),
            [.. Items(json, "inputs").Select(Value)],
            [.. Items(json, "outputs").Select(Value)],
            [.. Items(json, "nodes").Select(node => Node(node, depth))],
            Dictionary(json, "constants", Tensor),
            Dictionary(json, "types", Type));
    }

    private NetworkValue Value(JsonElement json) => new(Text(json, "name"), Type(json));

    private Node Node(JsonElement json, int depth)
    {
        ImmutableSortedDictionary<string, object>.Builder attributes = ImmutableSortedDictionary.CreateBuilder<string, object>();
        foreach (JsonProperty property in json.GetProperty("attributes").EnumerateObject())
        {
            if (!attributes.TryAdd(property.Name, Attribute(property.Value, depth)))
            {
                throw Malformed($"attribute '{property.Name}' occurs twice");
            }
        }

        return new Node(
            Text(json, "name"),
            Text(json, "operator"),
            json.GetProperty("opset").GetInt32(),
            Texts(json.GetProperty("inputs")),
            Texts(json.GetProperty("outputs")),
            new Attributes(attributes.ToImmutable()));
    }

    private object Attribute(JsonElement json, int depth)
    {
        JsonProperty value = json.EnumerateObject().Single();
        return value.Name switch
        {
            "int" => value.Value.GetInt64(),
            "float" => Float(value.Value),
            "text" => Text(value.Value),
            "ints" => value.Value.EnumerateArray().Select(item => item.GetInt64()).ToImmutableArray(),
            "floats" => value.Value.EnumerateArray().Select(Float).ToImmutableArray(),
            "texts" => Texts(value.Value),
            "tensor" => Tensor(value.Value),
            "network" => Network(value.Value, depth + 1),
            _ => throw Malformed($"an attribute has the unknown kind '{value.Name}'"),
        };
    }

    private Tensor Tensor(JsonElement json)
    {
        TensorType type = Type(json);
        long count = type.Shape.Count;
        if (type.Element == DataType.String)
        {
            return Kernels.Tensor.Of(type.Shape, Texts(json.GetProperty("texts")).ToArray());
        }

        long position = json.GetProperty("position").GetInt64();
        if (arrays.TryGetValue((position, type.Element, count), out Array? shared) && count > 0)
        {
            return Kernels.Tensor.Wrap(type.Shape, shared);
        }

        int size = NetworkJsonWriter.ElementBytes(type.Element);
        if (count > Array.MaxLength || position < 0 || position > weightBytes || count * size > weightBytes - taken)
        {
            throw Malformed($"a constant {type} at byte {position} does not fit into {weightBytes} bytes of weights");
        }

        Array data = Allocate(type.Element, (int)count);
        if (count > 0)
        {
            taken += count * size;
            arrays.Add((position, type.Element, count), data);
            Places.Add((data, position, count * size));
        }

        return Kernels.Tensor.Wrap(type.Shape, data);
    }

    // The arrays are filled completely before anyone sees them, so clearing half a gigabyte first would be wasted.
    private static Array Allocate(DataType element, int count) => element switch
    {
        DataType.Float32 => GC.AllocateUninitializedArray<float>(count),
        DataType.Float64 => GC.AllocateUninitializedArray<double>(count),
        DataType.Float16 => GC.AllocateUninitializedArray<Half>(count),
        DataType.Int64 => GC.AllocateUninitializedArray<long>(count),
        DataType.Int8 => GC.AllocateUninitializedArray<sbyte>(count),
        DataType.UInt8 => GC.AllocateUninitializedArray<byte>(count),
        _ => Kernels.Tensor.Zeros(element, Shape.Of(count)).Data,
    };

    private static TensorType Type(JsonElement json)
    {
        string element = Text(json, "element");
        if (!Enum.TryParse(element, ignoreCase: false, out DataType type) || type == DataType.Undefined || type.ToString() != element)
        {
            throw Malformed($"there is no element type '{element}'");
        }

        var shape = new Shape([.. json.GetProperty("shape").EnumerateArray().Select(extent => extent.GetInt64())]);
        _ = shape.Count;
        return new TensorType(type, shape);
    }

    private static ImmutableDictionary<string, T> Dictionary<T>(JsonElement json, string property, Func<JsonElement, T> read)
    {
        ImmutableDictionary<string, T>.Builder builder = ImmutableDictionary.CreateBuilder<string, T>();
        foreach (JsonProperty item in json.GetProperty(property).EnumerateObject())
        {
            if (!builder.TryAdd(item.Name, read(item.Value)))
            {
                throw Malformed($"'{item.Name}' occurs twice in '{property}'");
            }
        }

        return builder.ToImmutable();
    }

    private static JsonElement.ArrayEnumerator Items(JsonElement json, string property) => json.GetProperty(property).EnumerateArray();

    private static ImmutableArray<string> Texts(JsonElement json) => [.. json.EnumerateArray().Select(Text)];

    private static string Text(JsonElement json, string property) => Text(json.GetProperty(property));

    private static string Text(JsonElement json) => json.GetString() ?? throw Malformed("a text is null");

    private static float Float(JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.Number)
        {
            return json.GetSingle();
        }

        string text = Text(json);
        return text.StartsWith("0x", StringComparison.Ordinal) && uint.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint bits)
            ? Unsafe.BitCast<uint, float>(bits)
            : throw Malformed($"'{text}' is no number");
    }

    private static FileDefectException Malformed(string reason) => new(TunedModelFailure.Malformed, reason);
}
