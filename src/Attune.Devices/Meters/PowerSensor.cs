using System.Globalization;
using Attune.Devices.Cpu;

namespace Attune.Devices.Meters;

/// <summary>
/// Power sensors of boards (design paper, 5.4): the INA3221 under its old driver (milliwatts) and under hwmon (millivolts times milliamperes), and hwmon's own
/// power inputs (microwatts). Of the rails of a board the one that feeds all others is taken, and where none is called so, their sum. Stateless.
/// </summary>
internal sealed class PowerSensor
{
    private static readonly string[] WholeBoard = ["VDD_IN", "POM_5V_IN", "VIN", "SYS5V"];
    private readonly Func<double?> read;

    private PowerSensor(string name, Func<double?> read)
    {
        Name = name;
        this.read = read;
    }

    /// <summary>What it reads.</summary>
    public string Name { get; }

    /// <summary>Power now, milliwatts; null when the sensor has vanished.</summary>
    public double? Milliwatts() => read();

    /// <summary>The sensor of this machine; null where there is none.</summary>
    public static PowerSensor? Find(SystemFiles files) =>
        OfRails("INA3221", [.. OldRails(files)]) ?? OfRails("INA3221", [.. Hwmon(files)]) ?? OfRails("hwmon", [.. PowerInputs(files)]);

    private static PowerSensor? OfRails(string kind, (string Label, Func<double?> Read)[] rails)
    {
        if (rails.Length == 0)
        {
            return null;
        }

        (string Label, Func<double?> Read)[] whole = [.. rails.Where(rail => WholeBoard.Contains(rail.Label, StringComparer.OrdinalIgnoreCase))];
        (string Label, Func<double?> Read)[] taken = whole.Length > 0 ? whole[..1] : rails;
        return new PowerSensor($"{kind} {string.Join('+', taken.Select(rail => rail.Label))}", () =>
        {
            double sum = 0;
            foreach ((_, Func<double?> rail) in taken)
            {
                if (rail() is not { } power)
                {
                    return null;
                }

                sum += power;
            }

            return sum;
        });
    }

    private static IEnumerable<(string, Func<double?>)> OldRails(SystemFiles files) =>
        from chip in files.Folders("/sys/bus/i2c/drivers/ina3221x", string.Empty)
        from device in files.Folders(chip, "iio:device")
        from index in Enumerable.Range(0, 3)
        let path = string.Create(CultureInfo.InvariantCulture, $"{device}/in_power{index}_input")
        where files.Number(path) is not null
        select (files.Text($"{device}/rail_name_{index}") ?? $"rail {index}", (Func<double?>)(() => files.Number(path)));

    private static IEnumerable<(string, Func<double?>)> Hwmon(SystemFiles files) =>
        from folder in files.Folders("/sys/class/hwmon", "hwmon")
        where files.Text($"{folder}/name") == "ina3221"
        from index in Enumerable.Range(1, 3)
        where files.Number($"{folder}/in{index}_input") is not null && files.Number($"{folder}/curr{index}_input") is not null
        select (
            files.Text($"{folder}/in{index}_label") ?? $"rail {index}",
            (Func<double?>)(() => files.Number($"{folder}/in{index}_input") * (double?)files.Number($"{folder}/curr{index}_input") / 1000));

    private static IEnumerable<(string, Func<double?>)> PowerInputs(SystemFiles files) =>
        from folder in files.Folders("/sys/class/hwmon", "hwmon")
        from file in (string[])["power1_average", "power1_input"]
        where files.Number($"{folder}/{file}") is not null
        group file by folder into sensors
        select (files.Text($"{sensors.Key}/name") ?? "power", (Func<double?>)(() => files.Number($"{sensors.Key}/{sensors.First()}") / 1000.0));
}
