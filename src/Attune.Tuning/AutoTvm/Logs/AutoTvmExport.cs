using System.Collections.Immutable;
using Attune.Devices;
using Attune.Kernels.Spaces;
using Attune.Kernels.Templates;
using Attune.Records;
using Attune.Records.AutoTvm;

namespace Attune.Tuning.AutoTvm.Logs;

/// <summary>
/// Records as lines of AutoTVM's logs, format 0.2. What came from such a log is written as it stood there; what was measured here is written where AutoTVM has
/// the same point, under its template for CUDA, which TVM compiles for OpenCL too, or for Mali.
/// </summary>
public static class AutoTvmExport
{
    private const double Failed = 1e9;

    /// <summary>The text of a line that <see cref="Of(TuningRecord)"/> made, without its end.</summary>
    /// <param name="line">The line.</param>
    public static string Text(AutoTvmRecord line) => line.Line ?? AutoTvmLog.Text(line);

    /// <summary>The line of a record; why AutoTVM has none, without a full stop.</summary>
    /// <param name="record">The record.</param>
    public static Result<AutoTvmRecord, string> Of(TuningRecord record) => Of(record, new AutoTvmTasks());

    /// <summary>The same for one of many records.</summary>
    /// <param name="record">The record.</param>
    /// <param name="tasks">Makes and keeps the tasks of all of them.</param>
    public static Result<AutoTvmRecord, string> Of(TuningRecord record, AutoTvmTasks tasks)
    {
        if (record.Origin is { } origin)
        {
            // Whoever edits a records file can write anything here.
            return AutoTvmLog.Read([origin]).Records is [var line] && origin.AsSpan().IndexOfAny('\n', '\r') < 0
                ? line
                : "records of other programs than AutoTVM";
        }

        if (record.DeviceKind is not ("cuda" or "opencl"))
        {
            return record.DeviceKind == "cpu"
                ? "records of processors, whose kernels are others than TVM's"
                : "records of devices that are neither CUDA's nor OpenCL's";
        }

        if (record.Outcome is Outcome.CutShort or Outcome.Invalid)
        {
            return record.Outcome == Outcome.Invalid ? "configurations that were not tried" : "measurements that were cut short";
        }

        if (ConvolutionWorkload.TryParse(record.Task) is not { } workload || AutoTvmTemplates.PointOf(workload, record.Knobs, tasks) is not var (task, point))
        {
            return "records of templates or tasks that AutoTVM has no space for";
        }

        return Line(record, workload, task, point);
    }

    private static AutoTvmRecord Line(TuningRecord record, ConvolutionWorkload workload, AutoTvmTask task, Configuration point) => new()
    {
        Version = 0.2,
        Target = $"{record.DeviceKind}{(task.Name.EndsWith(".mali", StringComparison.Ordinal) ? " -device=mali" : string.Empty)} -model={record.Device}",
        Task = task.Name,
        Arguments = ArgumentsOf(workload),
        Index = point.Index,
        Entities = task.Entities(point),
        CostsSeconds = record.MedianMs is not { } median ? [Failed]
            : record.TimesMs.IsEmpty ? [median / 1000]
            : [.. record.TimesMs.Select(ms => ms / 1000)],
        Error = record.Outcome switch
        {
            Outcome.Ok => 0,
            Outcome.CompileError => 3,
            Outcome.WrongResult => 5,
            Outcome.TimeOut => 7,
            _ => 4,
        },
        AllSeconds = Math.Max(record.ElapsedMs, record.CompileMs) / 1000,
        Timestamp = (record.Time - DateTimeOffset.UnixEpoch).TotalSeconds,
    };

    private static string ArgumentsOf(ConvolutionWorkload w) => w is TransposedWorkload transposed
        ? $"[{Tensor(w.Batch, w.InChannels, w.Height, w.Width)}, {Tensor(w.InChannels, w.GroupOutChannels, w.KernelHeight, w.KernelWidth)}, "
            + $"[{w.StrideHeight}, {w.StrideWidth}], [{w.Padding.Top}, {w.Padding.Left}, {w.Padding.Bottom}, {w.Padding.Right}], \"float32\", "
            + $"[{transposed.ExtraRows}, {transposed.ExtraColumns}]]"
        : w.IsDense
        ? $"[{Tensor(w.Width, w.InChannels)}, {Tensor(w.OutChannels, w.InChannels)}, null, \"float32\"]"
        : $"[{Tensor(w.Batch, w.InChannels, w.Height, w.Width)}, {Tensor(w.OutChannels, w.GroupInChannels, w.KernelHeight, w.KernelWidth)}, "
            + $"[{w.StrideHeight}, {w.StrideWidth}], [{w.Padding.Top}, {w.Padding.Left}, {w.Padding.Bottom}, {w.Padding.Right}], "
            + $"[{w.DilationHeight}, {w.DilationWidth}], \"float32\"]";

    private static string Tensor(params ImmutableArray<int> extents) => $"[\"TENSOR\", [{string.Join(", ", extents)}], \"float32\"]";
}
