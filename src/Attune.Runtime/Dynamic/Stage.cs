using System.Collections.Immutable;
using Attune.Kernels;
using Attune.Reference;

namespace Attune.Runtime.Dynamic;

/// <summary>
/// What is done at a <see cref="Position"/> when the values there have certain types: nodes for the host, because only running them tells the types of their
/// results, and beside them a network of everything whose types follow. That network runs on reference kernels until it was asked for so much work that
/// compiling it pays.
/// </summary>
/// <param name="owner">The position that it belongs to.</param>
/// <param name="types">Types of the values that the position reads, in its order.</param>
/// <param name="hostNodes">Nodes that run one by one. None of them reads what the network computes, or the other way round.</param>
/// <param name="rest">The network of known types, not fused; null when there is nothing else.</param>
/// <param name="next">Where the run goes on.</param>
internal sealed class Stage(Position owner, ImmutableArray<TensorType> types, ImmutableArray<Node> hostNodes, Network? rest, Position next)
{
    private readonly long work = rest is null ? 0 : StageWork.Of(rest);
    private long asked;

    /// <summary>The position that it belongs to.</summary>
    public Position Owner => owner;

    /// <summary>Nodes that run one by one.</summary>
    public ImmutableArray<Node> HostNodes => hostNodes;

    /// <summary>Where the run goes on.</summary>
    public Position Next => next;

    /// <summary>The network compiled; null as long as that does not pay.</summary>
    public CompiledModel? Model { get; private set; }

    /// <summary>Number of the run that used it last, as the cache counts them.</summary>
    public long LastRun { get; set; }

    /// <summary>Bytes of packed weights, arena and workspace of one inference.</summary>
    public long Bytes => Model is null ? 0 : Model.WeightBytes + Model.ArenaBytes + Model.WorkspaceBytes;

    /// <summary>True for values of those types.</summary>
    /// <param name="given">Types in the order of the position's values.</param>
    public bool Fits(ImmutableArray<TensorType> given)
    {
        for (int i = 0; i < given.Length; i++)
        {
            if (types[i].Element != given[i].Element || !types[i].Shape.Equals(given[i].Shape))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Counts a run that is about to begin, and compiles when enough was asked for. The caller holds the cache's lock.</summary>
    /// <param name="compile">Fuses and compiles a network.</param>
    /// <param name="worthwhile">Elementary operations from which on compiling pays.</param>
    /// <returns>True when it was compiled now.</returns>
    public bool Prepare(Func<Network, CompiledModel> compile, long worthwhile)
    {
        asked = checked(Math.Min(asked, long.MaxValue - work) + work);
        if (Model is not null || rest is null || asked < worthwhile)
        {
            return false;
        }

        Model = compile(rest);
        return true;
    }

    /// <summary>Runs the network of known types.</summary>
    /// <param name="values">Values at the position.</param>
    /// <returns>Its outputs by name.</returns>
    public IEnumerable<KeyValuePair<string, Tensor>> RunRest(IReadOnlyDictionary<string, Tensor> values)
    {
        if (Model is { } model)
        {
            return model.Run(model.Inputs.ToDictionary(static input => input.Name, input => values[input.Name]));
        }

        return rest is null ? [] : ReferenceExecutor.Run(rest, values);
    }
}
