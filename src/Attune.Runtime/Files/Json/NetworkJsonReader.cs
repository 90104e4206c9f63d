using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;
using Attune.Kernels;
using Attune.Runtime.Files.Weights;

namespace Attune.Runtime.Files.Json;

/// <summary>
/// Reads what <see cref="NetworkJsonWriter"/> writes. Nothing in the file is trusted: memory is taken only for constants that fit into the weights that are
/// really there, nesting is bounded. Arrays come back unfilled, with their places.
/// </summary>
/// <param name="weightBytes">Length of the weights.</param>
/// <param name="store">Makes what stands for large arrays of 32-bit floats, from position and count; null reads them into arrays as well.</param>
internal sealed class NetworkJsonReader(long weightBytes, Func<long, int, StoredElements>? store = null)
{
    private const int DeepestNesting = 16;
    private readonly Dictionary<long, List<Tensor>> known = [];
    private long taken;

    /// <summary>Arrays to fill, with position and length in the weights; null where elements stay in the file.</summary>
    public List<WeightPlace> Places { get; } = [];

    /// <summary>The same model before its shapes were fixed; null when the file holds none. Known after <see cref="Read"/>.</summary>
    public OpenNetwork? Open { get; private set; }

    /// <summary>Reads a network.</summary>
    /// <exception cref="FileDefectException">The content makes no sense.</exception>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public Network Read(byte[] utf8)
    {
        using JsonDocument document = JsonDocument.Parse(utf8, new JsonDocumentOptions { MaxDepth = 256 });
        if (document.RootElement.TryGetProperty("open", out JsonElement open))
        {
            Open = new OpenNetwork(Network(open.GetProperty("network"), 1, mayStay: true), List(open.GetProperty("inputs"), OpenInput));
        }

        return Network(document.RootElement, 0, mayStay: true);
    }

    private static OpenInput OpenInput(JsonElement json)
    {
        ImmutableArray<OpenExtent>? extents = json.TryGetProperty("extents", out JsonElement list) ? List(list, OpenExtent) : null;
        return new OpenInput(Text(json, "name"), Element(json, mayBeOpen: false), extents);
    }

    private static OpenExtent OpenExtent(JsonElement json)
    {
        long value = json.GetProperty("value").GetInt64();
        return value >= -1 ? new OpenExtent(value, Text(json, "symbol")) : throw Malformed($"an open extent is {value}");
    }

    private Network Network(JsonElement json, int depth, bool mayStay = false)
    {
        if (depth > DeepestNesting)
        {
            throw Malformed($"networks are nested deeper than {DeepestNesting}");
        }

        return new Network(
            Text(json, "name"),
            List(json.GetProperty("inputs"), Value),
            List(json.GetProperty("outputs"), Value),
            List(json.GetProperty("nodes"), node => Node(node, depth)),
            Dictionary(json, "constants", tensor => Tensor(tensor, mayStay)),
            Dictionary(json, "types", type => Type(type, mayBeOpen: depth > 0)));
    }

    private NetworkValue Value(JsonElement json) => new(Text(json, "name"), Type(json, mayBeOpen: true));

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
        JsonElement.ObjectEnumerator members = json.EnumerateObject();
        if (!members.MoveNext())
        {
            throw Malformed("an attribute has no value");
        }

        JsonProperty value = members.Current;
        if (members.MoveNext())
        {
            throw Malformed("an attribute has two values");
        }

        return value.Name switch
        {
            "int" => value.Value.GetInt64(),
            "float" => Float(value.Value),
            "text" => Text(value.Value),
            "ints" => Integers(value.Value),
            "floats" => List(value.Value, Float),
            "texts" => Texts(value.Value),
            "tensor" => Tensor(value.Value, mayStay: false),
            "network" => Network(value.Value, depth + 1),
            _ => throw Malformed($"an attribute has the unknown kind '{value.Name}'"),
        };
    }

    // What reference kernels and bodies of control flow read is used after the file was closed, so it may not stay there.
    private Tensor Tensor(JsonElement json, bool mayStay)
    {
        TensorType type = Type(json);
        long count = type.Shape.Count;
        if (type.Element == DataType.String)
        {
            return Kernels.Tensor.Of(type.Shape, Texts(json.GetProperty("texts")).ToArray());
        }

        long position = json.GetProperty("position").GetInt64();
        if (count > 0 && Shared(position, type) is { } shared)
        {
            return shared.Stored is null || mayStay ? shared.Reshape(type.Shape) : Kernels.Tensor.Wrap(type.Shape, shared.Data);
        }

        int size = NetworkJsonWriter.ElementBytes(type.Element);
        if (count > Array.MaxLength || position < 0 || position > weightBytes || count * size > weightBytes - taken)
        {
            throw Malformed($"a constant {type} at byte {position} does not fit into {weightBytes} bytes of weights");
        }

        if (count == 0)
        {
            return Kernels.Tensor.Wrap(type.Shape, Allocate(type.Element, 0));
        }

        taken += count * size;
        bool stays = mayStay && store is not null && type.Element == DataType.Float32 && count >= FileElements.Worthwhile;
        Tensor tensor = stays
            ? Kernels.Tensor.Of(type.Element, type.Shape, store!(position, (int)count))
            : Kernels.Tensor.Wrap(type.Shape, Allocate(type.Element, (int)count));
        Places.Add(new WeightPlace(stays ? null : tensor.Data, position, count * size));
        if (!known.TryGetValue(position, out List<Tensor>? there))
        {
            known[position] = there = [];
        }

        there.Add(tensor);
        return tensor;
    }

    private Tensor? Shared(long position, TensorType type) =>
        known.TryGetValue(position, out List<Tensor>? there) ? there.Find(tensor => tensor.Element == type.Element && tensor.Count == type.Shape.Count) : null;

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

    private static TensorType Type(JsonElement json) => Type(json, mayBeOpen: false);

    // What a network takes or gives may be of a type that only a run tells.
    private static TensorType Type(JsonElement json, bool mayBeOpen)
    {
        DataType type = Element(json, mayBeOpen);
        var shape = new Shape(Integers(json.GetProperty("shape")));
        _ = shape.Count;
        return new TensorType(type, shape);
    }

    private static DataType Element(JsonElement json, bool mayBeOpen)
    {
        string element = Text(json, "element");
        bool isType = Enum.TryParse(element, ignoreCase: false, out DataType type) && type.ToString() == element;
        if (!isType || (type == DataType.Undefined && !mayBeOpen))
        {
            throw Malformed($"there is no element type '{element}'");
        }

        return type;
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

    private static ImmutableArray<string> Texts(JsonElement json) => List(json, Text);

    private static ImmutableArray<T> List<T>(JsonElement json, Func<JsonElement, T> read)
    {
        var items = new T[json.GetArrayLength()];
        int next = 0;
        foreach (JsonElement item in json.EnumerateArray())
        {
            items[next++] = read(item);
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(items);
    }

    private static ImmutableArray<long> Integers(JsonElement json)
    {
        var items = new long[json.GetArrayLength()];
        int next = 0;
        foreach (JsonElement item in json.EnumerateArray())
        {
            items[next++] = item.GetInt64();
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(items);
    }

    private static string Text(JsonElement json, string property) => Text(json.GetProperty(property));

    private static string Text(JsonElement json) => json.GetString() ?? throw Malformed("a text is null");

    private static float Float(JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.Number)
        {
            return json.GetSingle();
        }

        string text = Text(json);
        return text.StartsWith("0x", StringComparison.Ordinal)
            && uint.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint bits)
            ? Unsafe.BitCast<uint, float>(bits)
            : throw Malformed($"'{text}' is no number");
    }

    private static FileDefectException Malformed(string reason) => new(TunedModelFailure.Malformed, reason);
}
