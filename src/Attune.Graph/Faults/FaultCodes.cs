using System.Collections.Immutable;

namespace Attune.Graph.Faults;

/// <summary>Codes of everything that can be wrong with a model (AT20nn), with what they mean.</summary>
public static class FaultCodes
{
    /// <summary>The file cannot be opened or read.</summary>
    public const string Unreadable = "AT2001";

    /// <summary>The bytes are not a protobuf message.</summary>
    public const string NotProtobuf = "AT2002";

    /// <summary>The file ends inside a field, or a length field promises more than there is.</summary>
    public const string Truncated = "AT2003";

    /// <summary>The file, one of its tensors or the nesting of its messages exceeds a limit.</summary>
    public const string TooLarge = "AT2004";

    /// <summary>Protobuf, but no graph in it.</summary>
    public const string NotAModel = "AT2005";

    /// <summary>The operator set is not among those supported.</summary>
    public const string Opset = "AT2006";

    /// <summary>A value is read that nothing defines.</summary>
    public const string UndefinedValue = "AT2010";

    /// <summary>Two definitions of one value.</summary>
    public const string DuplicateDefinition = "AT2011";

    /// <summary>Nodes that need each other's results.</summary>
    public const string CyclicGraph = "AT2012";

    /// <summary>The operator is unknown or not supported.</summary>
    public const string UnsupportedOperator = "AT2020";

    /// <summary>A feature of the format that is not supported: sequences, optional values, sparse tensors as values.</summary>
    public const string UnsupportedFeature = "AT2021";

    /// <summary>An attribute has the wrong kind, or none.</summary>
    public const string MalformedAttribute = "AT2022";

    /// <summary>A tensor's data do not fit its type and shape.</summary>
    public const string MalformedTensor = "AT2030";

    /// <summary>External data that would be read from outside the model's folder.</summary>
    public const string ExternalDataEscapes = "AT2031";

    /// <summary>External data that are missing or shorter than promised.</summary>
    public const string ExternalDataMissing = "AT2032";

    /// <summary>An input has an extent that is symbolic or absent.</summary>
    public const string UnresolvedShape = "AT2040";

    /// <summary>A requested shape does not fit the model.</summary>
    public const string ShapeOverride = "AT2042";

    /// <summary>A node contradicts its operator's definition: element types, ranks, extents, attributes, or the values of its inputs.</summary>
    public const string TypeMismatch = "AT2043";

    /// <summary>A weight is NaN or infinite.</summary>
    public const string NotANumber = "AT2050";

    /// <summary>No network of this name in the zoo.</summary>
    public const string UnknownZooName = "AT2060";

    /// <summary>What each code means, in one sentence.</summary>
    public static readonly ImmutableSortedDictionary<string, string> Meanings = new Dictionary<string, string>
    {
        [Unreadable] = "The file cannot be opened or read: it is missing, a folder, or not readable by this user.",
        [NotProtobuf] = "The file's bytes are not a protobuf message, so it is no ONNX model.",
        [Truncated] = "The file ends in the middle of a field: an interrupted download or a forged length.",
        [TooLarge] = "The file, a tensor or the nesting of messages exceeds a limit that protects memory and stack.",
        [NotAModel] = "The file parses as protobuf but holds no graph.",
        [Opset] = "The model needs an operator set outside the supported range 1 to 26.",
        [UndefinedValue] = "A node or an output reads a value that is no input, no initialiser and no node's output.",
        [DuplicateDefinition] = "A value is defined twice, so it is unclear which definition holds.",
        [CyclicGraph] = "Some nodes need each other's results, so no order of execution exists.",
        [UnsupportedOperator] = "The model uses operators that this version does not run.",
        [UnsupportedFeature] = "The model uses a feature of the format that this version does not support.",
        [MalformedAttribute] = "A node's attribute has another kind than its operator defines.",
        [MalformedTensor] = "A tensor's data do not fit its element type and shape.",
        [ExternalDataEscapes] = "External data must lie inside the model's folder; absolute paths, '..' and links are refused.",
        [ExternalDataMissing] = "A file of external data is missing or shorter than the model says.",
        [UnresolvedShape] = "An input's shape is symbolic; tuning needs numbers, given with --shape.",
        [ShapeOverride] = "A shape given with --shape does not fit the model.",
        [TypeMismatch] = "A node does not fit its operator's definition: element types, ranks, extents, attributes or the values of its inputs.",
        [NotANumber] = "A weight is NaN or infinite; results will be too.",
        [UnknownZooName] = "The zoo has no network of this name.",
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);
}
