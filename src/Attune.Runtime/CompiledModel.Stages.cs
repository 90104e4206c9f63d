using System.Collections.Immutable;
using Attune.Kernels;
using Attune.Runtime.Execution;
using Attune.Runtime.OnDevice;
using Attune.Runtime.Plan;
using Attune.Runtime.Stages;

namespace Attune.Runtime;

/// <content>Execution stage by stage.</content>
public sealed partial class CompiledModel
{
    /// <summary>Layers that have cheaper forms besides the exact one, in order of execution; empty for most models.</summary>
    public ImmutableArray<FormedLayer> LayersWithForms { get; }

    /// <summary>All steps in order of execution, those of cheaper forms included: what stages are made of.</summary>
    public ImmutableArray<StagedStep> StagedSteps => [.. allSteps.Select(step => new StagedStep(step.Report, step.Layer, step.Form))];

    /// <summary>
    /// An inference that can stop between any two steps. Has memory of its own, on the device that the model runs on; many may exist at a time. It runs as
    /// long as the model was not disposed of.
    /// </summary>
    /// <exception cref="InvalidOperationException">
    /// An input or output of the network is not of 32-bit floats.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The model was disposed of.</exception>
    public StagedInference CreateStaged()
    {
        lifetime.Enter();
        try
        {
            return Staged();
        }
        finally
        {
            lifetime.Leave();
        }
    }

    private StagedInference Staged()
    {
        NetworkValue? other = Inputs.Zip(plan.Inputs).Where(pair => pair.Second.Kind != StorageKind.External).Select(pair => pair.First)
            .Concat(Outputs.Where(output => output.Type.Element != DataType.Float32 || plan.Network.Constants.ContainsKey(output.Name))).FirstOrDefault();
        if (other is not null)
        {
            throw new InvalidOperationException(
                $"'{other.Name}' is {other.Type}; stage by stage run only networks whose inputs and outputs are computed 32-bit floats.");
        }

        return device is null
            ? new ProcessorStages(allSteps, plan, new RunContext(plan, workspace, Options.Threads), LayersWithForms, lifetime)
            : new DeviceStages(
                device, device.Bind(), plan, new RunContext(plan, workspace, Options.Threads, zeroed: false), LayersWithForms, lifetime);
    }

    private static ImmutableArray<CompiledStep> MarkForms(ImmutableArray<CompiledStep> compiled, ExecutionPlan layout)
    {
        ImmutableArray<string> values = LayerAlternatives.Values(layout.Network);
        if (values.IsEmpty)
        {
            return compiled;
        }

        ImmutableArray<(int Layer, int Form)> forms = layout.Forms();
        return [.. compiled.Select((step, i) => step with { Layer = forms[i].Layer, Form = forms[i].Form })];
    }

    private static ImmutableArray<FormedLayer> LayersOf(ImmutableArray<CompiledStep> steps) =>
    [
        .. steps.Where(step => step.Layer >= 0).GroupBy(step => step.Layer).OrderBy(group => group.Key)
            .Select(group => new FormedLayer(
                group.First(step => step.Form == 0).Report.Name, [.. group.Select(step => step.Form).Where(form => form != 0).Distinct().Order()])),
    ];
}
