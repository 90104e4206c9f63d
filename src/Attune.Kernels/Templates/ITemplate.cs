using Attune.Kernels.Partition;
using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;

namespace Attune.Kernels.Templates;

/// <summary>
/// One algorithm for one kind of workload: what it applies to, its space of configurations, and the kernel of each. A new algorithm is a folder with an
/// implementation, named in <see cref="TemplateRegistry"/>. Configurations are those of its own space. Stateless and thread-safe.
/// </summary>
internal unsafe interface ITemplate
{
    /// <summary>Name of the algorithm, as records keep it.</summary>
    string Name { get; }

    /// <summary>
    /// Version of this template, kept in every record. Goes up whenever a configuration comes to mean another kernel or one of another speed, so that
    /// measurements of the old one are never taken for those of the new one. Other templates' records stay what they are.
    /// </summary>
    int Version { get; }

    /// <summary>True when it can compute a workload on a target.</summary>
    bool Applies(Workload workload, KernelTarget target);

    /// <summary>Its configurations for a workload; one point when nothing is searched.</summary>
    Space CreateSpace(Workload workload, KernelTarget target) => new([]);

    /// <summary>A sound configuration found without measuring anything; always valid.</summary>
    long Default(Workload workload, Space space, KernelTarget target) => 0;

    /// <summary>Points worth measuring early besides the default.</summary>
    IEnumerable<Suggestion> Suggest(Workload workload, Space space, KernelTarget target, int threads) => [];

    /// <summary>The kernel of a configuration.</summary>
    KernelSource Build(Workload workload, Configuration configuration, KernelSignature signature, KernelTarget target);

    /// <summary>True when kernels may have several phases, each of which must be compiled; false when each has one.</summary>
    bool HasSeveralPhases => false;

    /// <summary>How a configuration's kernel reads its weights.</summary>
    WeightFormat FormatOf(Workload workload, Configuration configuration) => WeightFormat.F32;

    /// <summary>Floats that the packed weights take, padding of the last channel block and scales included.</summary>
    long PackedCount(Workload workload, Configuration configuration) => 0;

    /// <summary>Configurations of equal forms read weights packed the same way.</summary>
    string PackedForm(Workload workload, Configuration configuration) => Name;

    /// <summary>Packing of weights as units of work; every float of the target is written.</summary>
    PackingWork Pack(Workload workload, Configuration configuration, WeightOperand weights, float* target) =>
        throw new InvalidOperationException($"Kernels of {Name} have no weights.");

    /// <summary>
    /// Operations of the multiply-adds that are executed (a multiply-add is two); tiles that reach over the edge are counted whole, since they are computed
    /// whole.
    /// </summary>
    long ExecutedFlops(Workload workload, Configuration configuration) => workload.Flops;

    /// <summary>How many times the operations of multiply-adds of floats the target does in the same time by this template's instructions, at best.</summary>
    int OperationsAtOnce(Workload workload, KernelTarget target) => 1;

    /// <summary>
    /// Which part of its operands each work unit reads and writes. Kernels that a device runs as a whole, and not the threads of a processor, are one unit.
    /// </summary>
    WorkPartition Partition(Workload workload, Configuration configuration) =>
        workload is WeightedWorkload { Exit: var exit }
            ? WorkPartitions.Whole(exit)
            : throw new InvalidOperationException($"Kernels of {Name} have no partition.");
}
