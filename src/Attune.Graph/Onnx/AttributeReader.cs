using Attune.Graph.Faults;
using Attune.Kernels;
using Kind = Attune.Graph.Onnx.AttributeProto.Types.Kind;

namespace Attune.Graph.Onnx;

/// <summary>Turns a node's attributes into ours. Kinds that no supported operator uses are reported and left out.</summary>
/// <param name="tensors">Reads tensors.</param>
/// <param name="nested">Reads sub-graphs.</param>
/// <param name="bound">Inside a function, the values of its attributes; null outside.</param>
/// <param name="faults">Collects what is wrong.</param>
internal sealed class AttributeReader(
    OnnxTensorReader tensors, Func<GraphProto, string, Network> nested, IReadOnlyDictionary<string, object>? bound, FaultList faults)
{
    /// <summary>All attributes of a node.</summary>
    public Attributes Read(NodeProto node, string where) => Read(node.Attribute, where);

    /// <summary>Attributes by name.</summary>
    public Attributes Read(IEnumerable<AttributeProto> list, string where)
    {
        Attributes attributes = Attributes.None;
        foreach (AttributeProto attribute in list)
        {
            if (attributes.Has(attribute.Name))
            {
                faults.Add(FaultCodes.DuplicateDefinition, $"The attribute '{attribute.Name}' is given twice.", where, "Export the model again.");
            }
            else if (Value(attribute, $"{where}, attribute '{attribute.Name}'") is { } value)
            {
                attributes = attributes.With(attribute.Name == "sparse_value" ? "value" : attribute.Name, value);
            }
        }

        return attributes;
    }

    private object? Value(AttributeProto attribute, string where)
    {
        // What the caller leaves out and has no default is left out inside as well.
        if (attribute.RefAttrName.Length > 0 && bound is not null)
        {
            return bound.GetValueOrDefault(attribute.RefAttrName);
        }

        if (attribute.RefAttrName.Length > 0)
        {
            faults.Add(
                FaultCodes.UnsupportedFeature,
                "A reference to an attribute of a function makes no sense outside of functions.",
                where,
                "Export the model again.");
            return null;
        }

        switch (KindOf(attribute))
        {
            case Kind.Float:
                return attribute.F;
            case Kind.Int:
                return attribute.I;
            case Kind.String:
                return attribute.S.ToStringUtf8();
            case Kind.Floats:
                return attribute.Floats.ToArray();
            case Kind.Ints:
                return attribute.Ints.ToArray();
            case Kind.Strings:
                return attribute.Strings.Select(text => text.ToStringUtf8()).ToArray();
            case Kind.Tensor when attribute.T is not null:
                return tensors.ReadOnce(attribute.T, where);
            case Kind.SparseTensor when attribute.SparseTensor is not null:
                return tensors.ReadSparse(attribute.SparseTensor, where);
            case Kind.Graph when attribute.G is not null:
                return nested(attribute.G, where);
            default:
                faults.Add(FaultCodes.UnsupportedFeature, $"Attributes of kind {attribute.Type} are not supported.", where, "Export the model without it.");
                return null;
        }
    }

    // The oldest files do not state the kind; the field that is present tells it.
    private static Kind KindOf(AttributeProto attribute) => attribute switch
    {
        { Type: not Kind.Undefined } => attribute.Type,
        { HasF: true } => Kind.Float,
        { HasI: true } => Kind.Int,
        { HasS: true } => Kind.String,
        { T: not null } => Kind.Tensor,
        { G: not null } => Kind.Graph,
        { Floats.Count: > 0 } => Kind.Floats,
        { Ints.Count: > 0 } => Kind.Ints,
        { Strings.Count: > 0 } => Kind.Strings,
        _ => Kind.Undefined,
    };
}
