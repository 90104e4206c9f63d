using System.Diagnostics;

namespace Attune.Runtime.Tests.Files;

/// <summary>
/// Tuned models whose hashes are right and whose fields are not. Each must end as a typed error or run to what the reference kernels give; the cases run in
/// processes of their own, since what goes wrong here is memory. ATTUNE_FUZZ_FILES and ATTUNE_FUZZ_SEED choose how many and which.
/// </summary>
[Trait(Category.Name, Category.AnyWidth)]
public sealed class StructuralFuzzTests
{
    private const string Few = "400";

    [Fact]
    [Trait(Category.Name, Category.Slow)]
    public async Task A_file_with_changed_fields_is_refused_or_right()
    {
        string count = Environment.GetEnvironmentVariable("ATTUNE_FUZZ_FILES") ?? Few;
        string seed = Environment.GetEnvironmentVariable("ATTUNE_FUZZ_SEED") ?? "1";
        string host = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : "dotnet";
        using Process fuzzer = Process.Start(new ProcessStartInfo(host, [Path.Combine(AppContext.BaseDirectory, "Attune.Runtime.FileFuzzer.dll"), count, seed])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;
        string told = await fuzzer.StandardOutput.ReadToEndAsync();
        await fuzzer.WaitForExitAsync();
        fuzzer.ExitCode.ShouldBe(0, told);
        told.ShouldContain($"{count} files: ");
        told.ShouldContain(" Refused");
        told.ShouldContain(" Agreed", customMessage: "a fuzzer whose every file is refused tests the reader only");
    }
}
