using System.Collections.Concurrent;
using System.Collections.Immutable;
using Attune.Devices.Memory;
using Attune.Kernels.Spaces;
using Attune.Kernels.Templates;
using Attune.Runtime.Plan;

namespace Attune.Runtime.Execution;

/// <summary>
/// Turns planned steps into code: compiles kernels (several at a time), packs weights in the order the kernels read them, and lays out argument tables.
/// </summary>
internal sealed class StepCompiler(ExecutionPlan plan, ConfigurationChoice choice, int members, LoadQueue queue)
{
    private readonly int slotsPerKernel = CompiledKernel.Slots * members;
    private readonly ThreadTime compiling = new();
    private readonly ThreadTime packing = new();
    private readonly List<(long Floats, PackingWork Work)> packs = [];
    private readonly Dictionary<int, AlignedFloats> packed = [];
    private readonly StepOperands operands = new(plan);
    private readonly ConcurrentDictionary<(string Key, long Index, KernelSignature Signature), Lazy<CompiledKernel>> kernels = new();
    private readonly ConcurrentDictionary<(Workload Workload, KernelSignature Signature), Lazy<CompiledKernel>> fixedKernels = new();

    /// <summary>Packed weights and tables; the model owns them.</summary>
    public IReadOnlyCollection<AlignedFloats> Buffers => operands.Buffers;

    /// <summary>What contexts must have room for; known after <see cref="Run"/>.</summary>
    public Workspace Workspace => new(
        plan.Steps.Length * slotsPerKernel,
        kernels.Values.Concat(fixedKernels.Values).Select(kernel => kernel.Value.SharedFloats).DefaultIfEmpty().Max(),
        kernels.Values.Concat(fixedKernels.Values).Select(kernel => kernel.Value.ScratchFloats).DefaultIfEmpty().Max());

    /// <summary>Time that threads spent on kernels and on weights, milliseconds.</summary>
    public (double Compile, double Pack) Spent => (compiling.Milliseconds, packing.Milliseconds);

    /// <summary>Compiles all steps and packs all weights, and runs whatever else is in the queue.</summary>
    public ImmutableArray<CompiledStep> Run()
    {
        var workloads = new (WeightedWorkload Workload, Configuration Configuration, ConfigurationSource Source)?[plan.Steps.Length];
        for (int i = 0; i < workloads.Length; i++)
        {
            if (plan.Steps[i].Kind == StepKind.Convolution)
            {
                WeightedWorkload workload = ExecutionPlan.WorkloadOf(plan.Steps[i]);
                (Configuration configuration, ConfigurationSource source) = choice.Of(workload);
                workloads[i] = (workload, configuration, source);
                (packed[i], PackingWork work) = operands.Weights(plan.Steps[i], workload, configuration);
                packs.Add((packed[i].Count, work));
            }
        }

        var compiled = new CompiledStep[plan.Steps.Length];
        int[] order = Order(workloads);
        queue.Add(compiling, new PackingWork(order.Length, (unit, _) => compiled[order[unit]] = Compile(order[unit], workloads[order[unit]])));
        packs.Sort((a, b) => b.Floats.CompareTo(a.Floats));
        packs.ForEach(pack => queue.Add(packing, pack.Work));
        try
        {
            queue.Run();
        }
        catch
        {
            // Memory that waits for finalizers is not there for whoever loads the next model.
            foreach (AlignedFloats buffer in operands.Buffers)
            {
                buffer.Dispose();
            }

            throw;
        }

        return [.. compiled];
    }

    private CompiledStep Compile(int index, (WeightedWorkload Workload, Configuration Configuration, ConfigurationSource Source)? searched)
    {
        PlannedStep step = plan.Steps[index];
        NodePlan? node = step.Plan;
        int slot = index * slotsPerKernel;
        var phases = new List<List<StepPart>> { new() };
        List<StepPart> parts = phases[0];
        Func<string>? program = null;
        switch (step.Kind)
        {
            case StepKind.Convolution:
                (WeightedWorkload workload, Configuration configuration, _) = searched!.Value;
                CompiledKernel kernel = KernelOf(workload, configuration, ExecutionPlan.SignatureOf(step));
                Operand[] own = operands.Of(step, workload, packed[index]);
                phases = [.. Enumerable.Range(0, kernel.Phases.Length).Select(phase => new List<StepPart> { new KernelPart(kernel, phase, own, slot) })];
                if (operands.Rescaling(step, workload) is { } rescaling)
                {
                    phases.Insert(0, [rescaling]);
                }

                program = () => kernel.Program;
                break;
            case StepKind.Concat:
                parts.Add(new ConcatPart(step.Inputs, step.Outputs[0]));
                break;
            case StepKind.MaxPool or StepKind.AveragePool or StepKind.GlobalAverage or StepKind.Elementwise or StepKind.Enlarge:
                parts.AddRange(operands.Unsearched(step).Select(unsearched => new KernelPart(Fixed(unsearched), 0, unsearched.Operands, slot)));
                break;
            case StepKind.Quantize:
                parts.Add(node!.Narrow!.Output!.Value.Scale is { } stored
                    ? new QuantizePart(step.Inputs[0], step.Outputs[0], stored)
                    : new BrainFloatPart(step.Inputs[0], step.Outputs[0]));
                break;
            case StepKind.DynamicQuantize:
                var store = new DynamicQuantizePart(step.Inputs[0], step.Outputs);
                parts.Add(store.Ranges);
                phases.Add([store]);
                if (step.Outputs[0].NeedsZeros)
                {
                    // What a halo holds is known once bytes are stored.
                    phases.Add([]);
                }

                break;
            case StepKind.Softmax or StepKind.LayerNorm or StepKind.Attention or StepKind.MatMul:
                UnsearchedKernel only = operands.Unsearched(step).Single();
                CompiledKernel code = Fixed(only);
                parts.Add(new KernelPart(code, 0, only.Operands, slot));
                program = () => code.Program;
                break;
            case StepKind.Recurrent:
                (UnsearchedKernel steps, RecurrentStates states) = operands.Recurrent(step, members);
                CompiledKernel cell = Fixed(steps);
                phases = new RecurrentStep(cell, steps.Operands, states, slot).Phases(members);
                program = () => cell.Program;
                break;
            case StepKind.Transpose:
                parts.Add(new StridedCopyPart(
                    StridedCopy.OfPermutation(plan.Network.TypeOf(node!.Node.Inputs[0]).Shape, node.Node.Attributes.Ints("perm")), step.Inputs[0],
                    step.Outputs[0]));
                break;
            case StepKind.Copy:
                parts.AddRange(node!.Copies.Select(copy => new StridedCopyPart(copy, step.Inputs[copy.Input], step.Outputs[copy.Output])));
                break;
            case StepKind.Convert:
                parts.Add(new ConvertPart(step.Inputs[0], step.Outputs[0], step.Conversion!));
                break;
            case StepKind.Dynamic:
                // The caller's thread does it, behind all steps.
                break;
            case StepKind.Reference:
                parts.Add(new ReferencePart(new ReferenceCall(node!.Node, plan.Network.Constants, step.Inputs, step.Outputs)));
                break;
            default:
                throw new InvalidOperationException($"Step '{step.Name}' of kind {step.Kind} cannot be compiled.");
        }

        phases[^1].AddRange(step.Outputs.Where(output => output.NeedsZeros).Select(output => new HaloPart(output)));
        StepReport report = StepReports.Of(step, plan.Target, searched) with
        {
            WorkUnits = [.. phases.Select(p => p.Select(part => part.Units).DefaultIfEmpty().Max())],
        };
        return new CompiledStep(report, [.. phases.Select(p => p.ToImmutableArray())], program);
    }

    private CompiledKernel Fixed(UnsearchedKernel kernel) =>
        fixedKernels.GetOrAdd(
            (kernel.Workload, kernel.Signature),
            _ => new Lazy<CompiledKernel>(() => KernelTemplates.Compile(kernel.Workload, kernel.Signature, plan.Target))).Value;

    private CompiledKernel KernelOf(WeightedWorkload workload, Configuration configuration, KernelSignature signature) =>
        kernels.GetOrAdd(
            (workload.Key, configuration.Index, signature),
            _ => new Lazy<CompiledKernel>(() => KernelTemplates.Compile(workload, configuration, signature, plan.Target).OrThrow(
                refusal => new InvalidOperationException($"The kernel of {workload.Key} with {configuration} cannot be compiled: {refusal}")))).Value;

    /// <summary>
    /// Steps whose kernels take longest first, and steps that share a kernel with an earlier one last, so that no thread waits for another one's kernel.
    /// </summary>
    private int[] Order((WeightedWorkload Workload, Configuration Configuration, ConfigurationSource Source)?[] workloads)
    {
        var seen = new HashSet<(string, long)>();
        var cost = new int[workloads.Length];
        for (int i = 0; i < cost.Length; i++)
        {
            bool kernel = plan.Steps[i].Kind is not (StepKind.Concat or StepKind.Convert or StepKind.Reference or StepKind.Dynamic or StepKind.Softmax
                or StepKind.DynamicQuantize);
            cost[i] = workloads[i] is { } w
                ? !seen.Add((w.Workload.Key, w.Configuration.Index))
                ? 0
                : KernelTemplates.HasSeveralPhases(w.Configuration)
                ? 3
                : 2
                : kernel
                ? 1
                : 0;
        }

        int[] order = new int[cost.Length];
        for (int i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }

        Array.Sort(order, (a, b) => cost[a] != cost[b] ? cost[b].CompareTo(cost[a]) : a.CompareTo(b));
        return order;
    }
}
