using System.Collections.Immutable;
using Attune.Graph.Faults;
using Attune.Kernels;

namespace Attune.Graph.Reading;

/// <summary>Fixes the shapes of inputs: numbers from the file, overrides by input or by symbol from the user.</summary>
internal static class InputShapes
{
    /// <summary>Types of all inputs that are complete. When <paramref name="required"/>, an incomplete one is a fault.</summary>
    public static Dictionary<string, TensorType> Resolve(RawGraph graph, ReadOptions options, bool required, string where, FaultList faults)
    {
        var types = new Dictionary<string, TensorType>();
        var used = new HashSet<string>();
        var open = new List<Declaration>();
        foreach (Declaration input in graph.Inputs)
        {
            string place = $"{where}, input '{input.Name}'";
            IReadOnlyList<DeclaredExtent>? extents = Override(input, graph, options, used, place, faults);
            var resolved = new Declaration(input.Name, input.Element, extents);
            if (resolved.Static is { } type)
            {
                long count = type.Shape.Dimensions.Aggregate(
                    1L, (product, extent) => extent == 0 || product == 0 ? 0 : product > options.MaximumElements / extent ? long.MaxValue : product * extent);
                if (count > options.MaximumElements)
                {
                    faults.Add(
                        FaultCodes.TooLarge,
                        $"Shape {type.Shape} has more than {options.MaximumElements} elements.",
                        place,
                        "Give a smaller shape with --shape.");
                }
                else
                {
                    types[input.Name] = type;
                }
            }
            else if (required && input.Element == DataType.Undefined)
            {
                faults.Add(FaultCodes.TypeMismatch, "The input's element type is not declared.", place, "Export the model again.");
            }
            else if (required)
            {
                open.Add(resolved);
            }
        }

        // One fault for each, and with each what fixes all of them: every one alone would only lead to the next.
        string together = ShapeAdvice.For(open);
        foreach (Declaration input in open)
        {
            faults.Add(
                FaultCodes.UnresolvedShape,
                $"The shape {input.Describe()} is not fixed.",
                $"{where}, input '{input.Name}'",
                $"Fix it with the sizes that you need, for example {together}");
        }

        foreach (string unused in options.Shapes.Keys.Where(key => !used.Contains(key)))
        {
            string inputs = string.Join(", ", graph.Inputs.Select(input => $"{input.Name} ({input.Describe()})"));
            faults.Add(
                FaultCodes.ShapeOverride,
                $"'{unused}' is neither an input nor a symbolic extent of the model.",
                $"{where}, --shape",
                $"The inputs are {inputs}.");
        }

        return types;
    }

    private static IReadOnlyList<DeclaredExtent>? Override(
        Declaration input, RawGraph graph, ReadOptions options, HashSet<string> used, string where, FaultList faults)
    {
        string key = !options.Shapes.ContainsKey(input.Name) && ReferenceEquals(input, graph.Inputs[0]) ? string.Empty : input.Name;
        if (options.Shapes.TryGetValue(key, out ImmutableArray<long> shape))
        {
            used.Add(key);
            if (input.Extents is { } declared && declared.Count != shape.Length)
            {
                faults.Add(
                    FaultCodes.ShapeOverride,
                    $"{string.Join('x', shape)} has rank {shape.Length} but the input's shape {input.Describe()} has rank {declared.Count}.",
                    where,
                    $"For example {ShapeAdvice.Whole(input)}");
                return declared;
            }

            return [.. shape.Select(extent => new DeclaredExtent(extent, string.Empty))];
        }

        return input.Extents?.Select(extent =>
        {
            if (extent.Value < 0 && extent.Symbol.Length > 0 && options.Shapes.TryGetValue(extent.Symbol, out ImmutableArray<long> value) && value.Length == 1)
            {
                used.Add(extent.Symbol);
                return new DeclaredExtent(value[0], string.Empty);
            }

            return extent;
        }).ToArray();
    }
}
