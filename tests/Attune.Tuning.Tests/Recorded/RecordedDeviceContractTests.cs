using Attune.Contracts.Measurers;
using Attune.Measuring;
using Attune.Records;
using Attune.Tuning.Recorded;

namespace Attune.Tuning.Tests.Recorded;

public sealed class RecordedDeviceContractTests : MeasurerContract
{
    protected override MeasureRequest Good => Of("8");

    protected override MeasureRequest Failing => Of("2");

    protected override Outcome Failure => Outcome.Crash;

    protected override IMeasurer Create() =>
        RecordedDevice.Read("demo", new StringReader("tile,status,time_ms,time_sd_ms,compile_ms,benchmark_ms\n8,ok,2.5,0.1,10,30\n2,run_error,,,7,1\n"));

    private static MeasureRequest Of(string tile) => new("demo", 0, new Dictionary<string, string> { ["tile"] = tile }, 1, null);
}
