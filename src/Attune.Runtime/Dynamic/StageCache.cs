using System.Collections.Immutable;
using Attune.Kernels;

namespace Attune.Runtime.Dynamic;

/// <summary>
/// Keeps what was compiled for the sets of shapes met last, up to a number of stages and of bytes. Stages go when no run is under way, the one longest not
/// used first, and with a stage those that come after it; what the last run used stays in any case. Thread-safe.
/// </summary>
/// <param name="limits">How much is kept.</param>
internal sealed class StageCache(DynamicLimits limits)
{
    private readonly LinkedList<Stage> order = new();
    private readonly Dictionary<Stage, LinkedListNode<Stage>> places = new(ReferenceEqualityComparer.Instance);
    private long bytes;
    private int running;
    private long runs;

    /// <summary>Guards positions, stages and this cache.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Stages that are kept; for tests.</summary>
    public int Count
    {
        get
        {
            lock (Gate)
            {
                return order.Count;
            }
        }
    }

    /// <summary>Begins a run, during which nothing goes.</summary>
    public void Enter()
    {
        lock (Gate)
        {
            running++;
            runs++;
        }
    }

    /// <summary>Ends a run, and lets go of what is beyond the limits.</summary>
    public void Leave()
    {
        var gone = new List<Stage>();
        lock (Gate)
        {
            running--;
            while (running == 0 && order.First is { Value: { } oldest } && oldest.LastRun < runs
                && (order.Count > limits.MaxStages || bytes > limits.MaxBytes))
            {
                Remove(oldest, gone);
            }
        }

        gone.ForEach(static stage => stage.Model?.Dispose());
    }

    /// <summary>The stage for values of those types, as the one used last; null when there is none. The caller holds <see cref="Gate"/>.</summary>
    public Stage? Find(Position position, ImmutableArray<TensorType> types)
    {
        foreach (Stage stage in position.Stages)
        {
            if (stage.Fits(types))
            {
                LinkedListNode<Stage> place = places[stage];
                order.Remove(place);
                order.AddLast(place);
                stage.LastRun = runs;
                return stage;
            }
        }

        return null;
    }

    /// <summary>Keeps a new stage. The caller holds <see cref="Gate"/>.</summary>
    public void Add(Stage stage)
    {
        stage.Owner.Stages.Add(stage);
        places.Add(stage, order.AddLast(stage));
        stage.LastRun = runs;
        bytes += stage.Bytes;
    }

    /// <summary>Counts a run of a stage that is kept, and compiles it when that pays. The caller holds <see cref="Gate"/>.</summary>
    public void Prepare(Stage stage, Func<Network, CompiledModel> compile)
    {
        if (stage.Prepare(compile, limits.WorthCompiling))
        {
            bytes += stage.Bytes;
        }
    }

    /// <summary>Lets go of everything; no run may be under way.</summary>
    public void Clear()
    {
        var gone = new List<Stage>();
        lock (Gate)
        {
            while (order.First is { } first)
            {
                Remove(first.Value, gone);
            }
        }

        gone.ForEach(static stage => stage.Model?.Dispose());
    }

    private void Remove(Stage stage, List<Stage> gone)
    {
        foreach (Stage later in stage.Next.Stages.ToArray())
        {
            Remove(later, gone);
        }

        stage.Owner.Stages.Remove(stage);
        order.Remove(places[stage]);
        places.Remove(stage);
        bytes -= stage.Bytes;
        gone.Add(stage);
    }
}
