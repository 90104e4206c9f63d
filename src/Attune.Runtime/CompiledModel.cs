using System.Collections.Immutable;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Attune.Devices;
using Attune.Devices.Memory;
using Attune.Kernels;
using Attune.Runtime.Dynamic;
using Attune.Runtime.Execution;
using Attune.Runtime.OnDevice;
using Attune.Runtime.Plan;
using Attune.Runtime.Plan.Verification;

namespace Attune.Runtime;

/// <summary>
/// A network compiled for this machine: kernels as machine code, weights packed, memory planned. Inference allocates nothing on the managed heap as long as
/// every operator has a template. One instance may be shared by threads, and shares the processors among them: an inference takes all its threads when the
/// processors are idle, and runs on its caller's thread when they are not. Results differ at most by roundings, where an algorithm's tiles overlap.
/// </summary>
public sealed partial class CompiledModel : IDisposable
{
    private readonly ExecutionPlan plan;
    private readonly ImmutableArray<CompiledStep> allSteps;
    private readonly ImmutableArray<CompiledStep> steps;
    private readonly IReadOnlyCollection<AlignedFloats> buffers;
    private readonly Workspace workspace;
    private readonly ThreadTeam team;
    private readonly Stack<Inference> idle = new();
    private readonly Lock gate = new();
    private readonly SharedLifetime lifetime;
    private readonly DeviceProgram? device;
    private readonly DynamicCall? ending;
    private readonly OpenModel? open;

    private CompiledModel(
        ExecutionPlan plan, Workspace workspace, IReadOnlyCollection<AlignedFloats> buffers, ImmutableArray<CompiledStep> steps, ModelOptions options,
        Func<ModelOptions, (DynamicCall? Ending, OpenModel? Open)> late, DeviceProgram? device = null)
    {
        this.plan = plan;
        this.workspace = workspace;
        this.buffers = buffers;
        allSteps = steps;
        this.steps = steps.All(step => step.Form == 0) ? steps : [.. steps.Where(step => step.Form == 0)];
        LayersWithForms = LayersOf(allSteps);
        Options = options;
        this.device = device;
        team = options.Team ?? new ThreadTeam(options.Threads);
        (ending, open) = late(options with { Team = device is null ? team : null, Open = null, ReloadOpen = null, TakesNearest = true });
        lifetime = new SharedLifetime(this, Free);
        Inputs = plan.Network.Inputs;
        Outputs = plan.Network.Outputs;
    }

    /// <summary>Options in force, with nothing left to the machine.</summary>
    public ModelOptions Options { get; }

    /// <summary>What the caller supplies, in order.</summary>
    public ImmutableArray<NetworkValue> Inputs { get; }

    /// <summary>What the caller receives, in order.</summary>
    public ImmutableArray<NetworkValue> Outputs { get; }

    /// <summary>What inputs may be that come as tensors by name, in the order of <see cref="Inputs"/>; empty when only those shapes are taken.</summary>
    public ImmutableArray<OpenInput> OpenInputs => open?.Inputs ?? [];

    /// <summary>Steps in order of execution.</summary>
    public ImmutableArray<StepReport> Steps => [.. steps.Select(step => step.Report)];

    /// <summary>Bytes of the arena that one inference works in.</summary>
    public long ArenaBytes => plan.ArenaFloats * sizeof(float);

    /// <summary>Bytes of workspace and scratch that one inference needs besides the arena.</summary>
    public long WorkspaceBytes => device?.SharedBytes ?? (workspace.SharedFloats + (workspace.ScratchFloats * Options.Threads)) * sizeof(float);

    /// <summary>Bytes of packed weights.</summary>
    public long WeightBytes => device?.ConstantBytes ?? buffers.Sum(buffer => buffer.Count) * sizeof(float);

    /// <summary>How long loading took.</summary>
    public LoadTimes LoadTimes { get; private set; } = new(0, 0, 0, 0);

    /// <summary>Compiles a fused network.</summary>
    /// <param name="network">The network after fusion.</param>
    /// <param name="configurations">Knob texts by task key; tasks that are missing run their default configuration.</param>
    /// <param name="options">Threads and vector width; null for all processors and the widest vectors.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is outside its range.</exception>
    [RequiresDynamicCode(EmitsCode)]
    internal static CompiledModel Compile(
        Network network, IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> configurations, ModelOptions? options = null) =>
        Compile(network, configurations, options, Stopwatch.GetTimestamp(), new LoadQueue(CancellationToken.None));

    [RequiresDynamicCode(EmitsCode)]
    private static CompiledModel Compile(
        Network network,
        IReadOnlyDictionary<string,
        IReadOnlyDictionary<string,
        string>> configurations,
        ModelOptions? options,
        long start,
        LoadQueue queue,
        TunedModel? tuned = null)
    {
        ModelOptions resolved = (options ?? new ModelOptions()).Resolve();
        if (resolved.HasOwnMemory)
        {
            return CompileForDevice(network, configurations, resolved, start, queue, tuned);
        }

        ExecutionPlan layout = ExecutionPlan.Create(network, resolved.Target!, PlanRequest.Of(configurations.Keys, resolved.WithoutFusions));
        if (tuned is not null)
        {
            RequireMemory(layout);
        }

        if (LayoutVerifier.IsOn)
        {
            LayoutVerifier.Require(layout);
        }

        double read = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        var compiler = new StepCompiler(layout, new ConfigurationChoice(configurations, resolved.Target!, resolved.TakesNearest), resolved.Threads, queue);
        ImmutableArray<CompiledStep> compiled = MarkForms(compiler.Run(), layout);

        (double compile, double pack) = compiler.Spent;
        ExecutionPlan light = layout.WithoutWeights();
        var model = new CompiledModel(
            light,
            compiler.Workspace,
            compiler.Buffers,
            compiled,
            resolved,
            wanted => Late(layout, configurations, resolved, wanted))
        { Tuned = tuned is null ? null : tuned with { Network = light.Given }, Coverage = ModelCoverage.Of(layout) };
        model.LoadTimes = new LoadTimes(Stopwatch.GetElapsedTime(start).TotalMilliseconds, read, compile, pack);
        return model;
    }

    /// <summary>The loop program of a step as text, or null when it has none.</summary>
    public string? ProgramOf(int step) => steps[step].Program?.Invoke();

    /// <summary>Runs a network of one input and one output, both of 32-bit floats.</summary>
    /// <param name="input">Elements of the input, row-major.</param>
    /// <param name="output">Receives the elements of the output, row-major.</param>
    /// <exception cref="ArgumentException">A span's length is not the value's element count.</exception>
    /// <exception cref="InvalidOperationException">The network has several inputs or outputs, or other element types.</exception>
    public unsafe void Run(ReadOnlySpan<float> input, Span<float> output)
    {
        if (Inputs.Length != 1 || Outputs.Length != 1 || plan.Inputs[0].Kind != StorageKind.External || Outputs[0].Type.Element != DataType.Float32)
        {
            throw new InvalidOperationException($"This network has {Inputs.Length} inputs and {Outputs.Length} outputs, or values that are not 32-bit floats; "
                + "use the overload that takes tensors by name.");
        }

        CheckLength(Inputs[0], input.Length, nameof(input));
        CheckLength(Outputs[0], output.Length, nameof(output));
        Inference inference = Rent();
        try
        {
            fixed (float* address = input)
            {
                inference.Context.External[plan.Inputs[0].Id] = (nint)address;
                Infer(inference);
            }

            CopyOutput(inference.Context, 0, output);
        }
        finally
        {
            Return(inference);
        }
    }

    /// <summary>
    /// Runs the network on tensors by name. Where <see cref="OpenInputs"/> says so inputs may have other shapes than the model was planned for: for each set of
    /// shapes it is planned and compiled when they come for the first time.
    /// </summary>
    /// <param name="inputs">One tensor for each input.</param>
    /// <returns>One tensor for each output.</returns>
    /// <exception cref="ArgumentException">An input is missing, unknown, or has another type or shape.</exception>
    public IReadOnlyDictionary<string, Tensor> Run(IReadOnlyDictionary<string, Tensor> inputs)
    {
        foreach (string name in inputs.Keys.Where(name => Inputs.All(i => i.Name != name)))
        {
            throw new ArgumentException($"The network has no input '{name}'; its inputs are {string.Join(", ", Inputs.Select(i => i.Name))}.", nameof(inputs));
        }

        if (open is not null && Inputs.Any(input => inputs.TryGetValue(input.Name, out Tensor? tensor) && !tensor.Shape.Equals(input.Type.Shape)))
        {
            return RunOpen(open, inputs);
        }

        Inference inference = Rent();
        var pins = new List<GCHandle>();
        try
        {
            for (int i = 0; i < Inputs.Length; i++)
            {
                BindInput(inference.Context, i, inputs, pins);
            }

            Infer(inference);
            var results = new Dictionary<string, Tensor>();
            for (int i = 0; i < Outputs.Length; i++)
            {
                results[Outputs[i].Name] = TakeOutput(inference.Context, i);
            }

            return results;
        }
        finally
        {
            pins.ForEach(pin => pin.Free());
            Return(inference);
        }
    }

    /// <summary>
    /// Stops the threads and frees the weights. Inferences that are running finish first, later ones are refused with <see cref="ObjectDisposedException"/>;
    /// may be called by several threads, and returns when all is freed. Called from inside one of the model's own runs it returns at once, and the last run
    /// frees.
    /// </summary>
    public void Dispose() => lifetime.Close();

    /// <summary>Where inferences are shared; for tests.</summary>
    internal ThreadTeam Team => team;

    private IReadOnlyDictionary<string, Tensor> RunOpen(OpenModel model, IReadOnlyDictionary<string, Tensor> inputs)
    {
        lifetime.Enter();
        try
        {
            return model.Run(inputs);
        }
        finally
        {
            lifetime.Leave();
        }
    }

    [RequiresDynamicCode(EmitsCode)]
    private static (DynamicCall? Ending, OpenModel? Open) Late(
        ExecutionPlan layout, IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> configurations, ModelOptions given, ModelOptions options) =>
        (DynamicCall.Of(layout, configurations, options), given.Open is { } open ? new OpenModel(open, given.ReloadOpen, configurations, options) : null);

    private void Infer(Inference inference)
    {
        inference.Run(team);
        ending?.Run(inference.Context.Managed);
    }

    private void Free()
    {
        ending?.Dispose();
        open?.Dispose();
        device?.Dispose();
        if (Options.Team is null)
        {
            team.Dispose();
        }

        foreach (Inference inference in idle)
        {
            inference.Dispose();
        }

        foreach (AlignedFloats buffer in buffers)
        {
            buffer.Dispose();
        }
    }

    private static void CheckLength(NetworkValue value, int length, string argument)
    {
        if (length != value.Type.Shape.Count)
        {
            throw new ArgumentException(
                $"'{value.Name}' has shape {value.Type.Shape} and so {value.Type.Shape.Count} elements, but the span has {length}.", argument);
        }
    }

    private void BindInput(RunContext context, int index, IReadOnlyDictionary<string, Tensor> inputs, List<GCHandle> pins)
    {
        NetworkValue value = Inputs[index];
        if (!inputs.TryGetValue(value.Name, out Tensor? tensor))
        {
            throw new ArgumentException($"Input '{value.Name}' ({value.Type}) is missing.", nameof(inputs));
        }

        if (tensor.Element != value.Type.Element || !tensor.Shape.Equals(value.Type.Shape))
        {
            throw new ArgumentException($"Input '{value.Name}' must be {value.Type}, but the tensor is {tensor.Type}.", nameof(inputs));
        }

        Storage storage = plan.Inputs[index];
        if (storage.Kind == StorageKind.External)
        {
            GCHandle pin = GCHandle.Alloc(tensor.Data, GCHandleType.Pinned);
            pins.Add(pin);
            context.External[storage.Id] = pin.AddrOfPinnedObject();
        }
        else
        {
            context.Managed[storage.Id] = tensor;
        }
    }

    private Tensor TakeOutput(RunContext context, int index)
    {
        NetworkValue value = Outputs[index];
        if (plan.Network.Constants.TryGetValue(value.Name, out Tensor? constant))
        {
            return constant;
        }

        if (plan.Outputs[index].Kind == StorageKind.Managed)
        {
            return context.Managed[plan.Outputs[index].Id]!;
        }

        var data = new float[value.Type.Shape.Count];
        CopyOutput(context, index, data);
        return Tensor.Of(value.Type.Shape, data);
    }

    private unsafe void CopyOutput(RunContext context, int index, Span<float> output)
    {
        Storage storage = plan.Outputs[index];
        if (storage.Kind == StorageKind.Managed)
        {
            context.Managed[storage.Id]!.Span<float>().CopyTo(output);
        }
        else
        {
            new ReadOnlySpan<float>(context.AddressOf(storage), output.Length).CopyTo(output);
        }
    }

    private Inference Rent()
    {
        lifetime.Enter();
        try
        {
            lock (gate)
            {
                if (idle.TryPop(out Inference? inference))
                {
                    return inference;
                }
            }

            return device is null
                ? new TeamInference(steps, new RunContext(plan, workspace, Options.Threads))
                : new DeviceInference(device, new RunContext(plan, workspace, Options.Threads, zeroed: false));
        }
        catch
        {
            lifetime.Leave();
            throw;
        }
    }

    private void Return(Inference inference)
    {
        lock (gate)
        {
            idle.Push(inference);
        }

        lifetime.Leave();
    }
}
