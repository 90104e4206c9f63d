using System.Collections.Immutable;
using Attune.Devices;
using Attune.Kernels.Backends;
using Attune.Runtime.Execution;
using Attune.Runtime.Plan;

namespace Attune.Runtime.OnDevice;

/// <summary>A model's steps bound to memory of their own: what one inference at a time needs on a device besides kernels and weights.</summary>
internal sealed class DeviceBinding : IDisposable
{
    private readonly DeviceMemories memories;
    private readonly ImmutableArray<Storage> inputs;
    private readonly ImmutableArray<Storage> outputs;
    private readonly bool[] ran;

    private DeviceBinding(DeviceMemories memories, ExecutionPlan plan, ImmutableArray<ImmutableArray<DevicePart>> steps)
    {
        this.memories = memories;
        Steps = steps;
        ran = new bool[steps.Length];
        inputs = [.. plan.Inputs.Where(input => input.Kind == StorageKind.External)];
        outputs = [.. plan.Outputs.Where(output => output.InArena).Distinct()];
    }

    /// <summary>What each step runs, one after the other.</summary>
    public ImmutableArray<ImmutableArray<DevicePart>> Steps { get; }

    /// <summary>Allocates memory, and makes the kernels ready to run on it.</summary>
    /// <param name="backend">The device.</param>
    /// <param name="plan">Where values lie.</param>
    /// <param name="steps">The steps.</param>
    /// <param name="sharedFloats">What the kernel with the largest workspace needs, floats.</param>
    /// <exception cref="DeviceException">The device has not enough memory.</exception>
    public static DeviceBinding Create(IBackend backend, ExecutionPlan plan, ImmutableArray<DeviceStep> steps, long sharedFloats)
    {
        var memory = new DeviceMemories(backend, plan.ArenaFloats, sharedFloats);
        var parts = new List<DevicePart>();
        try
        {
            var bound = ImmutableArray.CreateBuilder<ImmutableArray<DevicePart>>(steps.Length);
            foreach (DeviceStep step in steps)
            {
                int first = parts.Count;
                foreach (DeviceWork work in step.Works)
                {
                    parts.Add(work.Bind(backend, memory));
                }

                bound.Add([.. parts[first..]]);
            }

            return new DeviceBinding(memory, plan, bound.MoveToImmutable());
        }
        catch
        {
            parts.ForEach(part => part.Dispose());
            memory.Dispose();
            throw;
        }
    }

    /// <summary>True when a step is asked for the first time.</summary>
    /// <param name="step">The step.</param>
    public bool IsNew(int step)
    {
        bool isNew = !ran[step];
        ran[step] = true;
        return isNew;
    }

    /// <summary>Brings the inputs.</summary>
    public void Upload(RunContext context)
    {
        foreach (Storage input in inputs)
        {
            memories.Upload(input, context);
        }
    }

    /// <summary>Takes the outputs.</summary>
    public void Download(RunContext context)
    {
        foreach (Storage output in outputs)
        {
            memories.Download(output, context);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (DevicePart part in Steps.SelectMany(parts => parts))
        {
            part.Dispose();
        }

        memories.Dispose();
    }
}
