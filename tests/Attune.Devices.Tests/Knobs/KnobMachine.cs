namespace Attune.Devices.Tests.Knobs;

/// <summary>A folder with the files of a machine: the layouts of the kernel and of Jetson boards.</summary>
internal sealed class KnobMachine : IDisposable
{
    public const string Policy = "/sys/devices/system/cpu/cpufreq/policy0";
    public const string Gpu = "/sys/class/devfreq/17000000.gp10b";
    public const string Emc = "/sys/kernel/debug/bpmp/debug/clk/emc";

    public KnobMachine() => Directory.CreateDirectory(Root);

    public string Root { get; } = Path.Combine(Path.GetTempPath(), $"attune-machine-{Guid.NewGuid():N}");

    public string RestorePath => Path.Combine(Root, "restore");

    /// <summary>A Jetson TX2: one CPU policy, GPU, memory clock, old INA3221 driver.</summary>
    public static KnobMachine Jetson()
    {
        var machine = new KnobMachine();
        machine.Put($"{Policy}/scaling_available_frequencies", "345600 1113600 2035200 ");
        machine.Put($"{Policy}/scaling_governor", "schedutil");
        machine.Put($"{Policy}/scaling_min_freq", "345600");
        machine.Put($"{Policy}/scaling_max_freq", "2035200");
        machine.Put($"{Gpu}/available_frequencies", "140250000 675750000 1300500000");
        machine.Put($"{Gpu}/governor", "nvhost_podgov");
        machine.Put($"{Gpu}/min_freq", "140250000");
        machine.Put($"{Gpu}/max_freq", "1300500000");
        machine.Put($"{Emc}/min_rate", "40800000");
        machine.Put($"{Emc}/max_rate", "1866000000");
        machine.Put($"{Emc}/rate", "1600000000");
        machine.Put($"{Emc}/state", "0");
        machine.Put($"{Emc}/mrq_rate_locked", "0");
        string rails = "/sys/bus/i2c/drivers/ina3221x/0-0041/iio:device1";
        machine.Put($"{rails}/in_power0_input", "3500");
        machine.Put($"{rails}/rail_name_0", "VDD_IN");
        machine.Put($"{rails}/in_power1_input", "900");
        machine.Put($"{rails}/rail_name_1", "VDD_SYS_CPU");
        return machine;
    }

    public void Put(string path, string text)
    {
        string full = Root + path;
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text + "\n");
    }

    public string Get(string path) => File.ReadAllText(Root + path).Trim();

    /// <summary>Every file with its text: what must be the same after everything was put back.</summary>
    public Dictionary<string, string> All() =>
        Directory.EnumerateFiles(Root + "/sys", "*", SearchOption.AllDirectories).ToDictionary(
            file => file[Root.Length..], file => File.ReadAllText(file).Trim());

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
