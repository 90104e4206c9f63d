using System.Collections.Immutable;
using Attune.Devices;
using Attune.Graph.Faults;
using Attune.Kernels;
using Attune.Reference;

namespace Attune.Graph;

/// <summary>How a model is read.</summary>
public sealed record ReadOptions
{
    /// <summary>No overrides, default limits.</summary>
    public static readonly ReadOptions Default = new();

    /// <summary>Oldest supported operator set of ONNX's default domain.</summary>
    public const int OldestOpset = 1;

    /// <summary>Newest supported operator set of ONNX's default domain.</summary>
    public const int NewestOpset = ReferenceKernels.NewestOpset;

    /// <summary>
    /// Shapes by input name, or one extent by symbol name, as <c>--shape data=1x3x224x224</c> and <c>--shape N=1</c> give them.
    /// An entry under the empty name applies to the first input. Default: none.
    /// </summary>
    public ImmutableDictionary<string, ImmutableArray<long>> Shapes { get; init; } = ImmutableDictionary<string, ImmutableArray<long>>.Empty;

    /// <summary>Largest model file accepted, in bytes. Default and maximum: 2 GiB - 1, the limit of protobuf itself.</summary>
    public int MaximumFileBytes { get; init; } = int.MaxValue;

    /// <summary>Deepest nesting of protobuf messages accepted. Default 64: a plain model needs 7, each level of sub-graphs 3 more.</summary>
    public int MaximumDepth { get; init; } = 64;

    /// <summary>Most elements that one value may have. Default 2^31 - 57, the longest array.</summary>
    public long MaximumElements { get; init; } = Array.MaxLength;

    /// <summary>True makes NaN and infinite weights faults instead of warnings. Default false.</summary>
    public bool RejectNaN { get; init; }

    /// <summary>
    /// Whether an operator (without prefix when of the default domain) of an operator-set version can be run.
    /// Null: whatever shape inference and the reference kernels know.
    /// </summary>
    public Func<string, int, bool>? Supports { get; init; }

    /// <summary>Inputs to take as constants, by name: they are inputs no more. Default: none.</summary>
    internal ImmutableDictionary<string, Tensor> Constants { get; init; } = ImmutableDictionary<string, Tensor>.Empty;

    /// <summary>Reads arguments such as <c>data=1x3x224x224</c>, <c>N=1</c> or <c>1x3x224x224</c> (for the first input).</summary>
    /// <param name="arguments">The texts given with --shape.</param>
    /// <returns>Extents by name; what is wrong with the first argument that cannot be read.</returns>
    public static Result<ImmutableDictionary<string, ImmutableArray<long>>, ModelFault> ParseShapes(IEnumerable<string> arguments)
    {
        var shapes = ImmutableDictionary.CreateBuilder<string, ImmutableArray<long>>();
        foreach (string argument in arguments)
        {
            // Input names may themselves hold '=', extents cannot.
            int split = argument.LastIndexOf('=');
            string name = split < 0 ? string.Empty : argument[..split];
            var extents = ImmutableArray.CreateBuilder<long>();
            foreach (string part in argument[(split + 1)..].Split('x', ','))
            {
                if (!long.TryParse(part, out long extent) || extent < 0)
                {
                    return new ModelFault(
                        FaultCodes.ShapeOverride,
                        $"'{part}' is not an extent, which is a whole number of at least 0.",
                        $"--shape {argument}",
                        "Write --shape name=1x3x224x224, or --shape symbol=1 for one symbolic extent.");
                }

                extents.Add(extent);
            }

            shapes[name] = extents.ToImmutable();
        }

        return shapes.ToImmutable();
    }
}
