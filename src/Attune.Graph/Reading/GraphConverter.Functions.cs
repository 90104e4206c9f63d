using System.Collections.Immutable;
using Attune.Graph.Faults;
using Attune.Graph.Onnx;
using Attune.Kernels;

namespace Attune.Graph.Reading;

/// <content>Calls of the model's own functions.</content>
internal sealed partial class GraphConverter
{
    private void Inline(
        FunctionProto function, NodeProto call, string name, Attributes given, ConversionScope scope, ImmutableArray<Node>.Builder nodes,
        HashSet<string> names, string where)
    {
        string key = FunctionTable.KeyOf(function);
        string place = $"{where}, node '{name}' ({key})";
        if (Refused(function, call, key, place, scope) || !functions.Affords(place, faults))
        {
            return;
        }

        var actual = new Dictionary<string, string>(StringComparer.Ordinal);
        for (int i = 0; i < function.Input.Count; i++)
        {
            actual[function.Input[i]] = i < call.Input.Count ? scope.NameOf(call.Input[i]) : string.Empty;
        }

        // An output that is an input, or is given twice, is a copy under another name.
        var copies = new List<(string Formal, string Actual)>();
        for (int i = 0; i < Math.Min(function.Output.Count, call.Output.Count); i++)
        {
            string wanted = scope.NameOf(call.Output[i]);
            if (wanted.Length > 0 && !actual.TryAdd(function.Output[i], wanted))
            {
                copies.Add((function.Output[i], wanted));
            }
        }

        ConversionScope inner = scope.Call(OpsetsOf(function), $"{name}/", key, actual, Bindings(function, given, place));
        Add(function.Node, inner, nodes, names, where);
        foreach ((string formal, string wanted) in copies)
        {
            int opset = Math.Max(1, inner.Opsets.GetValueOrDefault(string.Empty, opsets.GetValueOrDefault(string.Empty, 1)));
            nodes.Add(new Node(UniqueName($"{name}/copy", names), "Identity", opset, [inner.NameOf(formal)], [wanted], Attributes.None));
        }
    }

    private bool Refused(FunctionProto function, NodeProto call, string key, string place, ConversionScope scope)
    {
        if (scope.Calls.Contains(key))
        {
            faults.Add(
                FaultCodes.CyclicGraph, $"The function '{key}' calls itself: {string.Join(" calls ", [.. scope.Calls, key])}.", place,
                "Export the model again; functions must not be recursive.");
            return true;
        }

        if (scope.Calls.Count == FunctionTable.MaxDepth)
        {
            faults.Add(FaultCodes.TooLarge, $"Calls of functions are nested more than {FunctionTable.MaxDepth} deep.", place, "Use a smaller model.");
            return true;
        }

        if (call.Input.Count > function.Input.Count || call.Output.Count > function.Output.Count)
        {
            faults.Add(
                FaultCodes.TypeMismatch,
                $"The function takes {function.Input.Count} inputs and gives {function.Output.Count} outputs, but {call.Input.Count} and {call.Output.Count} "
                + "are named.",
                place,
                "Export the model again.");
            return true;
        }

        return false;
    }

    private Dictionary<string, int> OpsetsOf(FunctionProto function)
    {
        var sets = new Dictionary<string, int>(opsets, StringComparer.Ordinal);
        foreach (OperatorSetIdProto import in function.OpsetImport)
        {
            sets[DomainOf(import.Domain)] = (int)Math.Clamp(import.Version, 0, int.MaxValue);
        }

        return sets;
    }

    private Dictionary<string, object> Bindings(FunctionProto function, Attributes given, string place)
    {
        // Defaults stand outside of any call.
        var defaults = new AttributeReader(tensors, (graph, where) => Nested(graph, where, new ConversionScope(opsets)), null, faults);
        var bound = new Dictionary<string, object>(StringComparer.Ordinal);
        foreach ((string name, object value) in defaults.Read(function.AttributeProto, place))
        {
            bound[name] = value;
        }

        foreach ((string name, object value) in given)
        {
            bound[name] = value;
        }

        return bound;
    }
}
