using System.Collections.Immutable;
using Attune.Devices;
using Attune.Runtime.Execution;
using Attune.Runtime.Plan;
using Attune.Runtime.Stages;

namespace Attune.Runtime.OnDevice;

/// <summary>
/// Stages on a device of its own memory: every call waits until the device is done, so that the next decision knows how long it took. Inputs are brought with
/// the first step, outputs taken with the last. Inferences of models on one open device take turns, stage by stage.
/// </summary>
/// <param name="program">The network on the device; outlives the inference's runs.</param>
/// <param name="binding">Memory there; owned.</param>
/// <param name="plan">Where values lie.</param>
/// <param name="context">Where inputs and outputs lie on the host; owned.</param>
/// <param name="layers">Layers with forms.</param>
/// <param name="model">Lifetime of the model.</param>
internal sealed class DeviceStages(
    DeviceProgram program, DeviceBinding binding, ExecutionPlan plan, RunContext context, ImmutableArray<FormedLayer> layers, SharedLifetime model)
    : StagedInference(program.AllSteps.Length, plan, context, layers, model)
{
    private Func<int, int>? forms;

    /// <inheritdoc/>
    private protected override void Run(RunContext memory, int begin, int end, ThreadTeam team, int threads) =>
        program.Run(binding, memory, begin, end, forms ??= FormOf);

    /// <inheritdoc/>
    private protected override void FreeOwn() => program.Free(binding);
}
