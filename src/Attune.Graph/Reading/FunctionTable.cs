using Attune.Graph.Faults;
using Attune.Graph.Onnx;

namespace Attune.Graph.Reading;

/// <summary>The functions that a model defines, and how much of them is put in the place of calls. Not thread-safe; one for each reading.</summary>
internal sealed class FunctionTable
{
    /// <summary>Most nodes that calls may become.</summary>
    public const int MaxNodes = 100_000;

    /// <summary>Deepest nesting of calls.</summary>
    public const int MaxDepth = 64;

    private readonly Dictionary<string, FunctionProto> functions = new(StringComparer.Ordinal);
    private int nodes;
    private bool exhausted;

    /// <summary>Knows the functions of a model; the first of equal ones counts, the others are faults.</summary>
    public FunctionTable(IEnumerable<FunctionProto> list, string where, FaultList faults)
    {
        foreach (FunctionProto function in list)
        {
            if (!functions.TryAdd(KeyOf(function), function))
            {
                faults.Add(
                    FaultCodes.DuplicateDefinition,
                    $"The function '{KeyOf(function)}' is defined twice.",
                    where,
                    "Export the model again; every function needs one definition.");
            }
        }
    }

    /// <summary>What a function is known by: domain, name and overload.</summary>
    public static string KeyOf(FunctionProto function) => Key(function.Domain, function.Name, function.Overload);

    /// <summary>The function that a node calls, or null.</summary>
    public FunctionProto? Find(NodeProto node) => functions.GetValueOrDefault(Key(node.Domain, node.OpType, node.Overload));

    /// <summary>True while one more node may be made of a call; the first refusal is a fault.</summary>
    public bool Affords(string where, FaultList faults)
    {
        nodes++;
        if (nodes > MaxNodes && !exhausted)
        {
            exhausted = true;
            faults.Add(
                FaultCodes.TooLarge, $"The model's functions call each other so often that they would become more than {MaxNodes} nodes.", where,
                "Use a smaller model.");
        }

        return !exhausted;
    }

    private static string Key(string domain, string name, string overload) =>
        $"{GraphConverter.DomainOf(domain)}.{name}{(overload.Length > 0 ? $":{overload}" : string.Empty)}";
}
