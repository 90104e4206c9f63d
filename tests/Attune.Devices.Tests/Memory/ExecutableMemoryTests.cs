using System.Runtime.InteropServices;
using Attune.Devices.Memory;

namespace Attune.Devices.Tests.Memory;

public sealed class ExecutableMemoryTests
{
    // mov eax, 42; ret
    private static readonly byte[] Answer = [0xB8, 42, 0, 0, 0, 0xC3];

    [Fact]
    public unsafe void Code_that_was_written_runs()
    {
        using ExecutableMemory memory = ExecutableMemory.Of(Answer).Value.ShouldNotBeNull();
        ExecutableMemory.Refusal.ShouldBeNull();
        (memory.Address % Environment.SystemPageSize).ShouldBe(0);
        memory.Size.ShouldBe(Environment.SystemPageSize);
        if (RuntimeInformation.ProcessArchitecture == Architecture.X64)
        {
            ((delegate* unmanaged<int>)memory.Address)().ShouldBe(42);
        }
    }

    [NeedingFact(Need.Linux)]
    public void Pages_with_code_are_read_and_run_but_not_written()
    {
        using ExecutableMemory memory = ExecutableMemory.Of(new byte[3 * Environment.SystemPageSize]).Value.ShouldNotBeNull();
        string begin = $"{memory.Address:x}-";
        string mapping = File.ReadLines("/proc/self/maps").Single(line => line.TrimStart('0').StartsWith(begin, StringComparison.Ordinal));
        mapping.Split(' ')[1].ShouldBe("r-xp");
        memory.Size.ShouldBe(3 * Environment.SystemPageSize);
    }

    [Fact]
    public void Memory_that_was_given_back_cannot_be_used()
    {
        ExecutableMemory memory = ExecutableMemory.Of(Answer).Value.ShouldNotBeNull();
        memory.Dispose();
        memory.Dispose();
        Should.Throw<ObjectDisposedException>(() => memory.Address);
    }
}
