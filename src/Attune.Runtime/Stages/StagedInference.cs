using System.Collections.Immutable;
using Attune.Devices;
using Attune.Devices.Memory;
using Attune.Runtime.Execution;
using Attune.Runtime.Plan;

namespace Attune.Runtime.Stages;

/// <summary>
/// One inference that its owner carries from boundary to boundary: every call runs some steps and returns, and may choose anew how many threads share them and
/// in which form the layers among them are computed. All forms of a layer read and write the same memory, so changing the form costs nothing but the choice.
/// Allocates nothing after the first run where every operator has a template; computes what <see cref="CompiledModel.Run(ReadOnlySpan{float}, Span{float})"/>
/// computes, bit for bit, when every layer is exact and the number of threads is the same. One caller at a time.
/// </summary>
public abstract unsafe class StagedInference : IDisposable
{
    private readonly ExecutionPlan plan;
    private readonly RunContext context;
    private readonly AlignedFloats[] inputs;
    private readonly byte[] forms;

    // Which forms each layer has, as bits.
    private readonly ulong[] available;
    private readonly SharedLifetime model;
    private readonly SharedLifetime own;
    private int end;

    private protected StagedInference(int steps, ExecutionPlan plan, RunContext context, ImmutableArray<FormedLayer> layers, SharedLifetime model)
    {
        Steps = steps;
        this.plan = plan;
        this.context = context;
        this.model = model;
        own = new SharedLifetime(this, Free);
        forms = new byte[layers.Length];
        available = [.. layers.Select(layer => layer.Forms.Aggregate(0UL, (bits, form) => bits | (1UL << form)))];
        inputs = new AlignedFloats[plan.Inputs.Length];
        for (int i = 0; i < inputs.Length; i++)
        {
            inputs[i] = new AlignedFloats(plan.Network.Inputs[i].Type.Shape.Count);
            context.External[plan.Inputs[i].Id] = (nint)inputs[i].Address;
        }
    }

    /// <summary>The step that runs next; as many as there are steps when the inference is over.</summary>
    public int Position => end;

    /// <summary>Number of steps, those of all forms together.</summary>
    public int Steps { get; }

    /// <summary>Most threads that may share a step; 1 on devices with memory of their own, which use none of this machine's.</summary>
    public int MaxThreads => context.Members;

    /// <summary>
    /// Form of each layer of <see cref="CompiledModel.LayersWithForms"/>; changes take effect with the next call. A layer without the form that is asked for
    /// runs exactly.
    /// </summary>
    public Span<byte> Forms => forms;

    /// <summary>Memory of an input, row-major: fill it before the first step, and leave it alone until the last.</summary>
    /// <param name="index">Position in <see cref="CompiledModel.Inputs"/>.</param>
    public Span<float> Input(int index) => new(inputs[index].Address, (int)plan.Network.Inputs[index].Type.Shape.Count);

    /// <summary>Starts over: the next step is the first.</summary>
    public void Restart() => end = 0;

    /// <summary>Runs the steps up to a boundary.</summary>
    /// <param name="boundary">First step that is not run, from <see cref="Position"/> to <see cref="Steps"/>.</param>
    /// <param name="team">Threads to share the work; may serve many models, one call at a time.</param>
    /// <param name="threads">How many of them take part, 1 to the smaller of the team's members and <see cref="MaxThreads"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The boundary lies behind, or there are not so many threads.</exception>
    /// <exception cref="ObjectDisposedException">The inference or its model was disposed of.</exception>
    /// <exception cref="DeviceException">The device that the model runs on fails; it may be gone for good.</exception>
    public void RunTo(int boundary, ThreadTeam team, int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(boundary, end);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(boundary, Steps);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(threads, MaxThreads);
        own.Enter();
        try
        {
            model.Enter();
            try
            {
                int begin = end;
                end = boundary;
                Run(context, begin, boundary, team, threads);
            }
            finally
            {
                model.Leave();
            }
        }
        finally
        {
            own.Leave();
        }
    }

    /// <summary>Copies an output.</summary>
    /// <param name="index">Position in <see cref="CompiledModel.Outputs"/>.</param>
    /// <param name="output">Receives its elements, row-major.</param>
    /// <exception cref="ArgumentException">The span is of another length than the output.</exception>
    /// <exception cref="InvalidOperationException">Steps are left to run.</exception>
    /// <exception cref="ObjectDisposedException">The inference was disposed of.</exception>
    public void ReadOutput(int index, Span<float> output)
    {
        own.Enter();
        try
        {
            Copy(index, output);
        }
        finally
        {
            own.Leave();
        }
    }

    private void Copy(int index, Span<float> output)
    {
        if (end != Steps)
        {
            throw new InvalidOperationException($"The inference stands before step {end} of {Steps}: run it to the end before its outputs are read.");
        }

        int count = (int)plan.Network.Outputs[index].Type.Shape.Count;
        if (output.Length != count)
        {
            throw new ArgumentException($"'{plan.Network.Outputs[index].Name}' has {count} elements, but the span has {output.Length}.", nameof(output));
        }

        Storage storage = plan.Outputs[index];
        ReadOnlySpan<float> source = storage.Kind == StorageKind.Managed
            ? context.Managed[storage.Id]!.Span<float>()
            : new ReadOnlySpan<float>(context.AddressOf(storage), count);
        source.CopyTo(output);
    }

    /// <summary>Frees the memory; a call that is running ends first, later ones are refused.</summary>
    public void Dispose() => own.Close();

    /// <summary>Runs steps, skipping the forms of layers that were not chosen.</summary>
    private protected abstract void Run(RunContext memory, int begin, int end, ThreadTeam team, int threads);

    /// <summary>Frees what the kind of device needs besides.</summary>
    private protected virtual void FreeOwn()
    {
    }

    /// <summary>The form that a layer runs in.</summary>
    private protected int FormOf(int layer) => ((available[layer] >> forms[layer]) & 1) != 0 ? forms[layer] : 0;

    private void Free()
    {
        FreeOwn();
        context.Dispose();
        Array.ForEach(inputs, input => input.Dispose());
    }
}
