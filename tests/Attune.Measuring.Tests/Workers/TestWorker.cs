namespace Attune.Measuring.Tests.Workers;

/// <summary>Where the worker program of the tests is.</summary>
internal static class TestWorker
{
    /// <summary>The .NET host that runs the tests.</summary>
    public static readonly string DotNet =
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : "dotnet";

    /// <summary>The worker, copied beside the tests.</summary>
    public static readonly string Program = Path.Combine(AppContext.BaseDirectory, "Attune.Measuring.TestWorker.dll");
}
